import { describe, expect, it } from 'vitest';
import { readingOf, STEP_US, type Mover } from '../../test/support/readings.js';
import type { MotionReading } from '../protocol/gpu.js';
import { seededRandom } from '../random.js';
import { CELLS, motionChannels } from '../vad-model.js';
import { newGrid } from './cell-grid.js';
import { MotionFeatures, type MotionMaps } from './motion-features.js';

const everywhere = newGrid().fill(1);
const MIDDLE = 12 * CELLS.columns + 8;

const motionOf = (movers: readonly Mover[]): MotionReading => {
  const { motion } = readingOf(0, movers, seededRandom(1));
  if (motion === null) throw new Error('a reading without motion');
  return motion;
};
const most = (grid: Float32Array | null): number => Math.max(...(grid ?? [NaN]));

describe('the features of motion', () => {
  it('measure the speed of what moves as one, where it is', () => {
    const { speed } = new MotionFeatures().maps(motionOf([{ column: 7, dx: 4 }]), everywhere);
    expect(speed[MIDDLE]).toBeCloseTo(4, 0);
    expect(speed[0]).toBe(0);
  });

  it('give one speed whatever the time between the frames', () => {
    const { cells, aspect } = motionOf([{ column: 7, dx: 4 }]);
    const slow = new MotionFeatures().maps({ cells, aspect, stepUs: 2 * STEP_US }, everywhere);
    expect(slow.speed[MIDDLE]).toBeCloseTo(2, 0);
  });

  it('distrust a displacement that explains nothing of the change', () => {
    const motion = motionOf([{ column: 7, dx: 4 }]);
    const trusted = most(new MotionFeatures().maps(motion, everywhere).speed);
    const channel = (name: (typeof motionChannels)[number]): Float32Array =>
      motion.cells.subarray(motionChannels.indexOf(name) * CELLS.count).subarray(0, CELLS.count);
    channel('residual').set(channel('difference').map((value) => 3 * value));
    expect(most(new MotionFeatures().maps(motion, everywhere).speed)).toBeLessThan(trusted / 2);
  });

  it('count as lasting only what was there a frame before, where it came from', () => {
    const features = new MotionFeatures();
    const still = motionOf([]);
    features.maps(still, everywhere);
    const flash = features.maps(motionOf([{ column: 7, dx: 8 }]), everywhere);
    expect(most(flash.lastingSpeed)).toBeLessThan(1);
    const follows = features.maps(motionOf([{ column: 8, dx: 8 }]), everywhere);
    expect(most(follows.lastingSpeed)).toBeCloseTo(8, 0);
    const elsewhere = features.maps(motionOf([{ column: 20, dx: 8 }]), everywhere);
    expect(most(elsewhere.lastingSpeed)).toBeLessThan(1);
  });

  it('compare nothing across an interruption', () => {
    const features = new MotionFeatures();
    features.maps(motionOf([]), everywhere);
    features.interrupt();
    expect(most(features.maps(motionOf([{ column: 7, dx: 8 }]), everywhere).lastingSpeed)).toBeGreaterThan(7);
  });

  it('let what stays before the background rise slowly, and fall at once', () => {
    const features = new MotionFeatures();
    for (let i = 0; i < 60; i += 1) features.maps(motionOf([]), everywhere);
    const stays = (): MotionMaps => features.maps(motionOf([{ column: 7, dx: 0 }]), everywhere);
    const first = stays();
    expect(first.foreground?.[MIDDLE]).toBeGreaterThan(5);
    expect(most(first.dwelling)).toBeLessThan(2);
    for (let i = 0; i < 30; i += 1) stays();
    expect(most(stays().dwelling)).toBeGreaterThan(10);
    expect(most(features.maps(motionOf([]), everywhere).dwelling)).toBeLessThan(2);
  });

  it('let nothing of what does not count reach the cells beside it', () => {
    const rightHalf = newGrid().map((_, cell) => (cell % CELLS.columns >= 9 ? 1 : 0));
    const maps = new MotionFeatures().maps(motionOf([{ column: 7, dx: 8 }]), rightHalf);
    expect([maps.speed, maps.lastingEnergy, maps.unexplained].map(most)).toEqual([0, 0, 0]);
  });

  it('count nothing where nothing counts', () => {
    const maps = new MotionFeatures().maps(motionOf([{ column: 7, dx: 8 }]), newGrid());
    expect([maps.speed, maps.lastingSpeed, maps.lastingEnergy, maps.unexplained].map(most)).toEqual([
      0, 0, 0, 0,
    ]);
  });
});
