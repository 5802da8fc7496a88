import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planFile, thisMachine, type Plan } from '../../src/plan.js';
import { Product, temporaryDir } from '../support/product.js';

/** A data folder in which this machine was found to carry two cameras; the demo has four. */
function measuredFolder(): string {
  const dataDir = temporaryDir('plan');
  const plan: Plan = {
    profile: '720p25',
    codec: 'h264',
    cameras: 2,
    vad_fps: 5,
    vad_model: 'mulde',
    measured_at: 1_700_000_000,
    machine: thisMachine(),
  };
  writeFileSync(planFile(dataDir), JSON.stringify(plan));
  return dataDir;
}

describe('more cameras than this machine was measured to carry', () => {
  it('are warned of at the start', async () => {
    const product = await Product.start(['--data-dir', measuredFolder()]);
    expect(product.log).toContain('4 cameras want 20 frames a second scored');
    expect(await product.get('/api/stats')).toMatchObject({ overload: { state: 'normal', because: [] } });
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  });

  it('are refused if the configuration says so', async () => {
    const refused = Product.start(['--data-dir', measuredFolder()], { NUNCHI_OVERLOAD: 'refuse' });
    await expect(refused).rejects.toThrow(/"code":1[^]*measured to carry 2 cameras/);
  });
});
