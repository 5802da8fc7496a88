import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServices } from '../../../test/support/http-fakes.js';
import { AppError } from '../../errors.js';
import type { ExportFormat } from '../../store-api.js';
import { apiRoutes } from '../api-route.js';
import { problem } from '../error-status.js';
import { eventExportRoutes } from './event-export.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nunchi-export-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Exports hold `bytes` bytes; the caller may see the gate. */
function setup(bytes: number) {
  const services = new FakeServices();
  services.exportFile = (format: ExportFormat) => {
    const file = join(folder, `events.${format}`);
    writeFileSync(file, Buffer.alloc(bytes, 'x'));
    return Promise.resolve({ file, bytes });
  };
  const app = apiRoutes();
  app.use(async (context, next) => {
    context.set('caller', { name: 'porter', role: 'viewer', cameras: ['gate'] });
    await next();
  });
  app.route('/', eventExportRoutes(services.events));
  app.onError((error) => problem(AppError.from(error)));
  return { services, get: async (path: string) => app.request(`http://localhost${path}`) };
}

describe('an export', () => {
  it('is sent whole under a name of its own, and its file is gone', async () => {
    const { services, get } = setup(1_000_000);
    const reply = await get('/export.parquet?severity=high');
    expect(reply.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="events.parquet"');
    expect(readdirSync(folder)).toEqual([]);
    expect((await reply.arrayBuffer()).byteLength).toBe(1_000_000);
    expect(services.asked).toEqual([
      ['export', expect.objectContaining({ camera: ['gate'], severity: ['high'] }), 'parquet'],
    ]);
  });

  it('is refused while another is sent, and possible again when its client is gone', async () => {
    const { get } = setup(10_000_000);
    const first = await get('/export.csv');
    const second = await get('/export.parquet');
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).not.toBeNull();
    await first.body?.cancel();
    await vi.waitFor(async () => {
      const third = await get('/export.csv');
      expect(third.status).toBe(200);
      await third.body?.cancel();
    });
  });

  it('that fails does not stand in the way of the next', async () => {
    const { services, get } = setup(10);
    const works = services.exportFile;
    services.exportFile = () => Promise.reject(new AppError('store.open_failed', 'out of order'));
    expect((await get('/export.csv')).status).toBe(503);
    services.exportFile = works;
    expect(await (await get('/export.csv')).text()).toBe('xxxxxxxxxx');
  });

  it('has no pages', async () => {
    expect((await setup(10).get('/export.csv?limit=5')).status).toBe(400);
  });
});
