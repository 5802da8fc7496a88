import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { hashToken } from '../../src/access/access-tokens.js';
import { changeTokens } from '../../src/access/tokens-file.js';
import { packagePath } from '../../src/paths.js';
import { AlertReceiver } from './alert-receiver.js';
import { answered, apiClient, type ApiClient } from './api-client.js';
import { Browser } from './browser.js';
import { Product, temporaryDir, type AnsweredCamera } from './product.js';

export const adminToken = 'the-admin-of-the-dashboard-test-0123456789';
export const viewerToken = 'the-viewer-of-the-dashboard-test-0123456789';

interface DashboardProduct {
  product: Product;
  receiver: AlertReceiver;
  /** Asks as the admin. */
  api: ApiClient;
  /** One camera, as the admin sees it. */
  camera: (id: string) => Promise<AnsweredCamera>;
  /** A file that its cameras may play, but none does yet. */
  spareClip: string;
  stop: () => Promise<void>;
}

/**
 * The real product with one camera, `gate`, that finds nothing unusual by itself, a webhook channel `desk` whose receiver
 * takes everything, and a channel `pager` that is told nothing by a rule. Tokens: {@link adminToken}, {@link viewerToken}.
 */
async function startDashboardProduct(): Promise<DashboardProduct> {
  const dir = temporaryDir('dashboard-product');
  const [mediaDir, dataDir] = [path.join(dir, 'media'), path.join(dir, 'data')];
  for (const folder of [mediaDir, dataDir]) mkdirSync(folder);
  for (const clip of ['gate', 'lane'])
    copyFileSync(packagePath(`src/demo/clips/${clip}.mp4`), path.join(mediaDir, `${clip}.mp4`));
  const receiver = new AlertReceiver();
  const url = `http://127.0.0.1:${await receiver.listen()}`;
  const channel = { type: 'webhook', secret: receiver.secret };
  const silent = { name: 'never', cameras: ['gate'], action: 'ignore' };
  const config = {
    media_dir: mediaDir,
    http: { tokens: [adminToken], rate_limit_per_s: 1_000 },
    cameras: { gate: { url: path.join(mediaDir, 'gate.mp4'), name: 'Gate', vad: { threshold: 0.999_999 } } },
    vlm: { enabled: false },
    agent: { enabled: false },
    alerts: {
      allow_targets: ['127.0.0.1'],
      channels: {
        desk: { ...channel, url: `${url}/desk` },
        pager: { ...channel, url: `${url}/pager`, rules: [silent] },
      },
    },
    log: { level: 'warn' },
  };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  const viewer = { name: 'porter', role: 'viewer' as const, cameras: null, created: 0, expires: null };
  changeTokens(dataDir, (tokens) => [...tokens, { ...viewer, sha256: hashToken(viewerToken) }]);
  const product = await Product.start(['--config', file, '--data-dir', dataDir]);
  const api = apiClient(product.url, adminToken);
  return {
    product,
    receiver,
    api,
    camera: (id) => answered(api.GET('/api/cameras/{id}', { params: { path: { id } } })),
    spareClip: path.join(mediaDir, 'lane.mp4'),
    stop: async () => {
      await product.stop();
      receiver.close();
    },
  };
}

/**
 * For the tests of a `describe`: the product above, and a page of its dashboard for each test that opens one. A loaded
 * machine takes its time to load a page, so each test may take 90 s.
 */
export class DashboardRig {
  #started: DashboardProduct | undefined;
  #page: Browser | undefined;

  constructor() {
    vi.setConfig({ testTimeout: 90_000 });
    beforeAll(async () => {
      this.#started = await startDashboardProduct();
    }, 60_000);
    afterEach(async () => {
      await this.#page?.close();
      this.#page = undefined;
    });
    afterAll(async () => {
      await this.#started?.stop();
    });
  }

  get running(): DashboardProduct {
    if (this.#started === undefined) throw new Error('the product runs from beforeAll on');
    return this.#started;
  }

  /** Opens a view, as `#alerts`; `token` is what somebody would have typed before. */
  async open(view: string, width: number, height: number, token?: string): Promise<Browser> {
    this.#page = await Browser.open(`${this.running.product.url}/${view}`, width, height, token);
    return this.#page;
  }
}
