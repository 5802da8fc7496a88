import { describe, expect, it } from 'vitest';
import { eventually, Product, temporaryDir } from '../support/product.js';

describe('without a usable model', () => {
  it('the API is up, says that it is not ready, and the cameras stream', async () => {
    const product = await Product.start(['--data-dir', temporaryDir('no-model')], {
      NUNCHI_MODELS_DIR: '/nowhere',
    });
    await eventually(
      async () => {
        const cameras = await product.cameras();
        return cameras.every(({ state }) => state === 'streaming') ? true : undefined;
      },
      'all cameras streaming',
      15_000,
    );
    expect((await fetch(`${product.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${product.url}/livez`)).status).toBe(200);
    expect((await fetch(`${product.url}/api/cameras/gate/latest.jpg`)).status).toBe(200);
    expect(product.log).toContain('model.missing');
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('what keeps it from starting', () => {
  it.each([
    [['--camera', 'a=/nowhere.mp4'], 'there is no such file'],
    [['--camera', 'no-url'], 'write --camera ID=URL'],
    [['--config', '/nowhere.yaml'], 'cannot read the configuration'],
    [['--host', '0.0.0.0'], 'nunchi tokens create'],
    [['--data-dir', '/dev/null/nunchi'], '/dev/null/nunchi'],
    [['--verbose'], 'unknown option'],
  ])('%j ends with a clear message and exit code 1', async (args, message) => {
    const started = Product.start([
      ...args,
      ...(args.includes('--data-dir') ? [] : ['--data-dir', temporaryDir('bad')]),
    ]);
    await expect(started).rejects.toThrow(message);
    await expect(started).rejects.toThrow('"code":1');
  });
});
