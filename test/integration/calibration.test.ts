import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { CalibrationState } from '../../src/calibration-state.js';
import { packagePath } from '../../src/paths.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

/** `nunchi calibrate` as a user runs it. */
function runCalibrate(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [packagePath('dist/main.js'), 'calibrate', ...args]);
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (written.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (written.stderr += text.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, ...written });
    });
  });
}

describe('nunchi calibrate', () => {
  it('calibrates a camera of the running product, which a restart does not undo', async () => {
    const clip = packagePath('src/demo/clips/plaza.mp4');
    const args = ['--data-dir', temporaryDir('calibrate'), '--camera', `plaza=${clip}`];
    const product = await Product.start(args);
    const { code, stdout, stderr } = await runCalibrate('plaza', '--minutes', '0.2', '--url', product.url);
    expect(stderr).toContain('of 0:12 learned\n');
    expect(code).toBe(0);
    expect(stdout).toContain('camera plaza is calibrated: version 1, provisional');
    expect(await product.stop()).toEqual({ code: 0, signal: null });

    const again = await Product.start(args);
    const { current, learning } = await again.get<CalibrationState>('/api/cameras/plaza/calibration');
    expect(current).toMatchObject({ version: 1, reason: 'on request' });
    expect(learning.fit_at_s).toBeGreaterThan(12);
    await eventually(
      async () => (await again.get<{ score: number | null }>('/api/cameras/plaza')).score ?? undefined,
      'a score without another warm-up',
      30_000,
    );
    expect(await again.stop()).toEqual({ code: 0, signal: null });
  }, 90_000);

  it('fails with exit code 1 and what is wrong', async () => {
    const clip = packagePath('src/demo/clips/plaza.mp4');
    const product = await Product.start(['--data-dir', temporaryDir('calibrate'), '--camera', `a=${clip}`]);
    const unknown = await runCalibrate('b', '--url', product.url);
    expect(unknown).toEqual({ code: 1, stdout: '', stderr: 'nunchi: there is no camera b\n' });
    const { url } = product;
    await product.stop();
    const nobody = await runCalibrate('a', '--url', url);
    expect(nobody).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no service answers') as string,
    });
    const wrong = await runCalibrate('a', '--minutes', '0');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('from 0.2 to 60') as string });
  });
});
