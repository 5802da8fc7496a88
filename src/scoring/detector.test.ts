import { beforeAll, describe, expect, it } from 'vitest';
import { ordinaryReadings, readingOf, rushReadings, STEP_US } from '../../test/support/readings.js';
import type { VadReading } from '../protocol/gpu.js';
import { seededRandom } from '../random.js';
import { fitCalibration, type Calibration } from './calibration.js';
import { newGrid } from './cell-grid.js';
import { Detector } from './detector.js';
import type { EpisodeChange } from './episode.js';

const settings = { model: 'mulde', threshold: 'auto', warmup_s: 20 } as const;
const CALIBRATED_STEPS = 600;
let calibration: Calibration;

function newDetector(model: 'mulde' | 'fused' | 'mnad' = 'mulde', active = newGrid().fill(1)): Detector {
  return new Detector({ ...settings, model }, active, seededRandom(1));
}

/** Plays readings, and says what came of them. */
function play(detector: Detector, readings: readonly VadReading[]): EpisodeChange[] {
  return readings.flatMap((reading) => detector.observe(reading) ?? []);
}

/** A detector that has seen two minutes of ordinary life and was calibrated on them. */
function calibrated(): Detector {
  const detector = newDetector();
  play(detector, ordinaryReadings(0, CALIBRATED_STEPS));
  detector.use(calibration);
  return detector;
}

beforeAll(() => {
  const detector = newDetector();
  play(detector, ordinaryReadings(0, CALIBRATED_STEPS));
  calibration = fitCalibration(detector.footage, 1);
});

describe('a detector', () => {
  it('says nothing until it is calibrated, and learns meanwhile', () => {
    const detector = newDetector();
    expect(play(detector, [...ordinaryReadings(0, 200), ...rushReadings(200, 20)])).toEqual([]);
    expect(detector.latest).toBeNull();
    expect(detector.learning.seconds).toBeGreaterThan(20);
  });

  it('hands out footage once at each stage', () => {
    const detector = newDetector();
    play(detector, ordinaryReadings(0, 100));
    expect(detector.takeFootage()).toBeNull();
    play(detector, ordinaryReadings(100, 50));
    expect(detector.takeFootage()?.blocks.length).toBeGreaterThan(2);
    expect(detector.takeFootage()).toBeNull();
    expect(detector.learning.fitAtS).toBe(60);
  });

  it('tells of what rushes through, with its place, and of nothing ordinary', () => {
    const detector = calibrated();
    expect(play(detector, ordinaryReadings(600, 300, 5))).toEqual([]);
    const changes = play(detector, [...rushReadings(900, 20), ...ordinaryReadings(920, 30)]);
    expect(changes.at(0)?.type).toBe('opened');
    expect(changes.at(-1)?.type).toBe('ended');
    const { peak, start } = changes.at(-1)?.episode ?? {};
    expect(start?.ptsUs).toBeLessThanOrEqual(902 * STEP_US);
    expect(peak?.anomalyScore).toBeGreaterThan(0.8);
    const [, top = NaN, , height = NaN] = peak?.place?.box ?? [];
    expect(top).toBeLessThan(0.5);
    expect(top + height).toBeGreaterThan(0.5);
  });

  it('counts one odd frame for nothing', () => {
    const detector = calibrated();
    const readings = [...ordinaryReadings(600, 10), ...rushReadings(610, 1), ...ordinaryReadings(611, 10)];
    expect(play(detector, readings)).toEqual([]);
  });

  it('scores nothing while the picture is disturbed, and learns nothing', () => {
    const detector = calibrated();
    const before = { latest: detector.latest, seconds: detector.learning.seconds };
    const disturbed = rushReadings(600, 20).map((reading) => ({ ...reading, disturbed: true }));
    expect(play(detector, disturbed)).toEqual([]);
    expect({ latest: detector.latest, seconds: detector.learning.seconds }).toEqual(before);
  });

  it('learns no anomaly as ordinary, unless it stays', () => {
    const detector = calibrated();
    const before = detector.footage.blocks.length;
    play(detector, rushReadings(600, 200));
    expect(detector.footage.blocks.length - before).toBeLessThanOrEqual(2);
  });

  it('counts only what lies in cells that count', () => {
    const detector = newDetector('mulde', newGrid().fill(1, 0, 24 * 6));
    play(detector, ordinaryReadings(0, CALIBRATED_STEPS));
    detector.use(calibration);
    expect(play(detector, rushReadings(600, 20))).toEqual([]);
  });

  it('ignores a calibration of another model', () => {
    const detector = newDetector('mnad');
    detector.use(calibration);
    expect(detector.calibration).toBeNull();
  });

  it('learns anew when asked, and scores by the old calibration until then', () => {
    const detector = calibrated();
    detector.learnAnew(60);
    expect(detector.learning).toEqual({ seconds: 0, fitAtS: 60 });
    play(detector, ordinaryReadings(600, 306));
    expect(detector.latest).not.toBeNull();
    expect(detector.takeFootage()?.blocks).toHaveLength(13);
  });

  it('takes all for ordinary that it sees while it learns anew, and no more afterwards', () => {
    const detector = calibrated();
    detector.learnAnew(30);
    play(detector, rushReadings(600, 200));
    expect(detector.takeFootage()?.blocks.length).toBeGreaterThan(5);
    const before = detector.footage.blocks.length;
    play(detector, rushReadings(800, 200));
    expect(detector.footage.blocks.length - before).toBeLessThanOrEqual(2);
  });

  it('scores at once by a calibration of earlier, and fits when there is more footage than that one had', () => {
    const detector = newDetector();
    detector.resume({ ...calibration, seconds: 120 });
    expect(detector.learning).toEqual({ seconds: 0, fitAtS: 180 });
    play(detector, ordinaryReadings(0, 100));
    expect(detector.latest).not.toBeNull();
    detector.resume({ ...calibration, seconds: 600 });
    expect(detector.learning).toEqual({ seconds: 0, fitAtS: 4_200 });
  });

  it('goes by its motion when the fused model lacks an error', () => {
    const random = seededRandom(3);
    const detector = newDetector('fused');
    const ordinary = ordinaryReadings(0, CALIBRATED_STEPS).map((reading) => ({
      ...reading,
      error: new Float32Array(576).fill(0.001 * (1 + random())),
    }));
    play(detector, ordinary);
    detector.use(fitCalibration(detector.footage, 1));
    play(detector, ordinaryReadings(600, 20));
    expect(detector.latest?.anomalyScore).toBeLessThan(0.5);
    expect(play(detector, rushReadings(620, 20))[0]?.type).toBe('opened');
  });

  it('judges by the error alone when the model only predicts', () => {
    const random = seededRandom(3);
    const detector = newDetector('mnad');
    const predicted = (from: number, steps: number, error: number): VadReading[] =>
      Array.from({ length: steps }, (_, i) => ({ ...readingOf(from + i, [], random, error), motion: null }));
    play(detector, predicted(0, CALIBRATED_STEPS, 0.001));
    detector.use(fitCalibration(detector.footage, 1));
    expect(play(detector, predicted(600, 50, 0.001))).toEqual([]);
    expect(play(detector, predicted(650, 10, 0.05))[0]?.type).toBe('opened');
  });

  it('begins nothing at rest, ends what is open, and goes on scoring', () => {
    const detector = calibrated();
    expect(play(detector, rushReadings(600, 5))[0]?.type).toBe('opened');
    expect(detector.rest()?.type).toBe('ended');
    for (const reading of rushReadings(605, 20)) {
      detector.observe(reading);
      expect(detector.rest()).toBeNull();
    }
    expect(detector.latest?.anomalyScore).toBeGreaterThan(0.5);
    expect(play(detector, rushReadings(625, 5))[0]?.type).toBe('opened');
  });

  it('counts scores as high by the threshold that is set', () => {
    const detector = calibrated();
    detector.setThreshold(0.999_999);
    expect(play(detector, rushReadings(600, 20))).toEqual([]);
    detector.setThreshold('auto');
    expect(play(detector, rushReadings(620, 5))[0]?.type).toBe('opened');
  });
});
