import { describe, expect, it } from 'vitest';
import { US_PER_S } from '../units.js';
import { GRID, type PictureStatistics } from './statistics.js';
import { Stillness } from './stillness.js';

const FPS = 5;

/** A camera whose frames differ in a given number of cells; counts its own time. */
class Camera {
  readonly #stillness = new Stillness();
  doubtfulFrames = 0;
  #frame = 0;

  changeLight(): void {
    this.#stillness.forgetNoise();
  }

  /** Shows frames for so long; returns the seconds after which the picture was first called frozen, or null. */
  show(seconds: number, changedCells: (frame: number) => number): number | null {
    let frozenAfterS: number | null = null;
    for (let i = 0; i < seconds * FPS; i += 1, this.#frame += 1) {
      const change = new Float32Array(GRID.cells).fill(1, 0, changedCells(i));
      const none = new Float32Array(0);
      const statistics: PictureStatistics = {
        change,
        mean: none,
        texture: none,
        columnProfile: none,
        rowProfile: none,
      };
      const state = this.#stillness.observe(statistics, (this.#frame * US_PER_S) / FPS);
      if (state === 'frozen') frozenAfterS ??= i / FPS;
      if (state === 'doubtful') this.doubtfulFrames += 1;
    }
    return frozenAfterS;
  }
}

const noise = (): number => 560;
const still = (): number => 0;
const walker = (): number => 20;

describe('Stillness', () => {
  it('calls a noisy camera frozen after 10 s without noise', () => {
    const camera = new Camera();
    expect(camera.show(60, noise)).toBeNull();
    expect(camera.show(30, still)).toBe(10);
  });

  it('doubts it after a second', () => {
    const camera = new Camera();
    camera.show(60, noise);
    expect(camera.doubtfulFrames).toBe(0);
    camera.show(30, still);
    expect(camera.doubtfulFrames).toBe(9 * FPS);
  });

  it('does so although a clock ticks in the picture and keyframes encode it anew', () => {
    const camera = new Camera();
    camera.show(60, noise);
    expect(camera.show(30, (frame) => (frame % 10 === 3 ? 300 : 3))).toBe(10);
  });

  it('never calls a noisy camera frozen while there is noise, or once it moves again', () => {
    const camera = new Camera();
    camera.show(60, noise);
    expect(camera.show(8, still)).toBeNull();
    expect(camera.show(60, noise)).toBeNull();
    expect(camera.show(9, still)).toBeNull();
  });

  it('knows nothing of the noise in another light until it has seen some', () => {
    const camera = new Camera();
    camera.show(60, noise);
    camera.changeLight();
    expect(camera.show(60, still)).toBeNull();
    camera.changeLight();
    camera.show(12, noise);
    expect(camera.show(30, still)).toBe(10);
  });

  it('lets a scene without noise be calm for the first ten minutes', () => {
    const camera = new Camera();
    camera.show(30, walker);
    expect(camera.show(500, still)).toBeNull();
    expect(camera.doubtfulFrames).toBe(0);
  });

  it('calls a scene without noise frozen when it is still three times as long as ever before', () => {
    const camera = new Camera();
    for (let minute = 0; minute < 12; minute += 1) {
      expect(camera.show(20, walker)).toBeNull();
      expect(camera.show(40, still)).toBeNull();
    }
    camera.show(20, walker);
    const frozenAfterS = camera.show(300, still);
    expect(frozenAfterS).toBeGreaterThanOrEqual(120);
    expect(frozenAfterS).toBeLessThan(122);
  });
});
