import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { closedPort } from '../support/alert-receiver.js';
import { answered } from '../support/api-client.js';
import { Product, temporaryDir } from '../support/product.js';

let product: Product | null = null;

afterEach(() => product?.stop());

it('a mistake in the file of a running product changes nothing, and is told until it is mended', async () => {
  const dir = temporaryDir('reload');
  const file = path.join(dir, 'nunchi.yaml');
  const camera = `cameras: { gate: { url: "rtsp://127.0.0.1:${await closedPort()}/" } }\n`;
  const write = (more: string): void => {
    writeFileSync(file, `${camera}vlm: { enabled: false }\nagent: { enabled: false }\n${more}`);
  };
  write('alerts: { dedup_s: 20 }\n');
  const running = await Product.start(['--config', file, '--data-dir', path.join(dir, 'data')]);
  product = running;
  const told = async () => {
    const { config, reload_error } = await answered(running.api.GET('/api/config'));
    const { reasons = [] } = (await (await fetch(`${running.url}/readyz`)).json()) as { reasons?: string[] };
    const { warnings } = await running.get<{ warnings: string[] }>('/api/stats');
    return { alerts: config['alerts'], reload_error, warnings, reasons };
  };
  const soon = { timeout: 10_000 };

  write('alerts: { dedup_s: -3 }\n');
  await expect.poll(told, soon).toMatchObject({
    alerts: { dedup_s: 20 },
    reload_error: expect.stringMatching(/nunchi\.yaml:4: alerts\.dedup_s: .*\(given: -3\)$/) as string,
    warnings: [expect.stringContaining('reload_error')],
    reasons: expect.arrayContaining([expect.stringContaining('reload_error')]) as string[],
  });
  write('alerts: { dedup_s: 30 }\n');
  await expect.poll(told, soon).toMatchObject({ alerts: { dedup_s: 30 }, reload_error: null, warnings: [] });
});
