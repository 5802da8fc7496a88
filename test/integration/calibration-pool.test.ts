import { afterEach, describe, expect, it } from 'vitest';
import { CalibrationPool } from '../../src/actors/calibration/calibration-pool.js';
import { fitCalibration } from '../../src/scoring/calibration.js';
import { ordinaryFootage } from '../support/ordinary-footage.js';

const pools: CalibrationPool[] = [];

function newPool(): CalibrationPool {
  const pool = new CalibrationPool();
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('the calibration pool', () => {
  it('fits in a thread of its own what a fit in this one gives', async () => {
    const pool = newPool();
    expect(pool.threads).toBe(0);
    const footage = ordinaryFootage('mnad', 24);
    const fitting = pool.fit(footage, 2);
    expect(pool.threads).toBe(1);
    expect(await fitting).toEqual(fitCalibration(footage, 2));
  });

  it('leaves this thread free meanwhile', async () => {
    const fitting = newPool().fit(ordinaryFootage('mulde', 24), 1);
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    const { frames, density } = await fitting;
    clearInterval(turning);
    expect(frames).toBe(600);
    expect(density).not.toBeNull();
    expect(turns).toBeGreaterThan(20);
  });

  it('gives up at once what it fits when it is closed', async () => {
    const pool = newPool();
    const fitting = expect(pool.fit(ordinaryFootage('mulde', 120), 1)).rejects.toMatchObject({
      code: 'calibration.failed',
    });
    const begun = performance.now();
    await pool.close();
    await fitting;
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(pool.threads).toBe(0);
  });

  it('says what kept a fit from succeeding, and goes on', async () => {
    const pool = newPool();
    const broken = { ...ordinaryFootage('mnad', 2), blocks: null as never };
    await expect(pool.fit(broken, 1)).rejects.toMatchObject({ code: 'calibration.failed' });
    expect((await pool.fit(ordinaryFootage('mnad', 2), 1)).frames).toBe(50);
  });
});
