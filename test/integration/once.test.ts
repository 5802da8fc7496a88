import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { Product, temporaryDir } from '../support/product.js';

async function countEvents(dataDir: string): Promise<number> {
  const instance = await DuckDBInstance.create(path.join(dataDir, 'nunchi.duckdb'), {
    access_mode: 'READ_ONLY',
  });
  const connection = await instance.connect();
  const rows = (
    await connection.runAndReadAll("select count(*) from events where state = 'ended'")
  ).getRows();
  connection.closeSync();
  instance.closeSync();
  return Number(rows[0]?.[0]);
}

async function playOnce(file: string): Promise<{ dataDir: string; code: number | null }> {
  const dataDir = temporaryDir('once');
  const product = await Product.start(['--camera', `a=${file}`, '--once', '--data-dir', dataDir]);
  const { code } = await product.exited;
  return { dataDir, code };
}

const footage = packagePath('../shared/data/clips/one-by-one-person-detection.mp4');

describe('--once', () => {
  it('plays a clip to its end, exits 0, and leaves its events in the DuckDB file', async () => {
    const { dataDir, code } = await playOnce(packagePath('src/demo/clips/plaza.mp4'));
    expect(code).toBe(0);
    expect(await countEvents(dataDir)).toBeGreaterThan(0);
  }, 150_000);

  it.skipIf(!existsSync(footage) || process.env['NUNCHI_REAL_FOOTAGE'] !== '1')(
    'finds something in real footage (needs ../shared and NUNCHI_REAL_FOOTAGE=1)',
    async () => {
      const { dataDir, code } = await playOnce(footage);
      expect(code).toBe(0);
      expect(await countEvents(dataDir)).toBeGreaterThan(0);
    },
    200_000,
  );
});
