import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Product, temporaryDir } from './product.js';

/** Plays a file with `--once` until the process ends, and counts the events in the DuckDB file that it leaves. */
export async function playOnce(
  file: string,
  environment: Record<string, string> = {},
): Promise<{ code: number | null; events: number }> {
  const dataDir = temporaryDir('once');
  const product = await Product.start(
    ['--camera', `a=${file}`, '--once', '--data-dir', dataDir],
    environment,
  );
  const { code } = await product.exited;
  return { code, events: await countEvents(dataDir) };
}

async function countEvents(dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'nunchi.duckdb');
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = (
    await connection.runAndReadAll("select count(*) from events where state = 'ended'")
  ).getRows();
  connection.closeSync();
  instance.closeSync();
  return Number(rows[0]?.[0]);
}
