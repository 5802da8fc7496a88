import { describe, expect, it } from 'vitest';
import { calibration } from '../../../test/support/calibration.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { cameraDefaultsSchema, cameraSchema, cameraSettings } from '../../camera/camera-config.js';
import { AppError } from '../../errors.js';
import type { Calibration, Footage } from '../../scoring/calibration.js';
import { returnLevel } from '../../scoring/tail.js';
import { Calibrations } from './calibrations.js';
import { calibratedCamera, type CalibratedCamera } from './camera-calibration.js';

/** A detector that learns when the test says so. */
class FakeDetector {
  learning = { seconds: 0, fitAtS: 20 };
  used: Calibration | null = null;
  readonly calls: string[] = [];
  #footage: Footage | null = null;

  learned(): void {
    this.learning = { seconds: this.learning.fitAtS, fitAtS: this.learning.fitAtS };
    this.#footage = { model: 'mnad', blocks: [], blockS: 5 };
  }

  takeFootage(): Footage | null {
    const footage = this.#footage;
    this.#footage = null;
    if (footage !== null) this.learning.fitAtS += 600;
    return footage;
  }

  use(used: Calibration): void {
    this.used = used;
  }

  resume(used: Calibration): void {
    this.calls.push('resume');
    this.used = used;
  }

  learnAnew(seconds: number): void {
    this.calls.push(`learn ${seconds}`);
    this.learning = { seconds: 0, fitAtS: seconds };
  }
}

/** Fits when the test says so. */
class FakePool {
  readonly budgets: number[] = [];
  closed = false;
  #settle: { resolve: (fitted: Calibration) => void; reject: (error: AppError) => void } | null = null;

  fit(_footage: Footage, alarmsPerDay: number): Promise<Calibration> {
    this.budgets.push(alarmsPerDay);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  give(fitted: Calibration): void {
    this.#settle?.resolve(fitted);
  }

  break(): void {
    this.#settle?.reject(new AppError('calibration.failed', 'out of memory'));
  }

  close(): Promise<void> {
    this.closed = true;
    this.break();
    return Promise.resolve();
  }
}

async function setUp(store = new Map<string, unknown>(), camera: Partial<CalibratedCamera> = {}) {
  const clock = new SimulatedClock();
  const pool = new FakePool();
  const detector = new FakeDetector();
  const failures: string[] = [];
  const disk = { broken: false };
  const calibrations = new Calibrations({
    clock,
    pool,
    loadState: (key) => Promise.resolve(store.get(key) ?? null),
    saveState(key, value) {
      if (disk.broken) return Promise.reject(new AppError('store.write_failed', 'disk full'));
      store.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
    onAdopted: () => undefined,
    onFailure: (id, error) => failures.push(`${id} ${error.code}`),
  });
  const child = await calibrations.start();
  const gate = { id: 'gate', model: 'mnad', alarmsPerDay: 1, basis: 'all', detector, ...camera } as const;
  await calibrations.add(gate);
  /** Footage is there, the fit runs and gives `fitted`. */
  const fit = async (fitted: Partial<Calibration> = {}): Promise<void> => {
    detector.learned();
    await clock.advance(1_000);
    pool.give(calibration(fitted));
    await clock.advance(0);
  };
  const reasons = (): string[] =>
    calibrations.state('gate').versions.map(({ version, reason }) => `${version} ${reason}`);
  return { clock, pool, detector, failures, disk, calibrations, child, fit, reasons, store };
}

describe('a camera that learns', () => {
  it('is calibrated as soon as there is footage, with its own budget', async () => {
    const { calibrations, detector, pool, fit, clock } = await setUp(new Map(), { alarmsPerDay: 7 });
    expect(calibrations.state('gate')).toMatchObject({
      current: null,
      learning: { fit_at_s: 20, fitting: false },
    });
    detector.learned();
    await clock.advance(1_000);
    expect(calibrations.state('gate').learning.fitting).toBe(true);
    await fit({ median: 0.1 });
    expect(pool.budgets).toEqual([7]);
    expect(detector.used?.median).toBe(0.1);
    expect(calibrations.state('gate')).toMatchObject({
      learning: { fitting: false },
      current: { version: 1, reason: 'start', certainty: 'good' },
    });
  });

  it('follows the day after its start', async () => {
    const { fit, reasons } = await setUp();
    await fit();
    await fit();
    expect(reasons()).toEqual(['2 drift', '1 start']);
  });

  it('waits for the pool, where one fit runs at a time', async () => {
    const { calibrations, detector, pool, clock } = await setUp();
    const other = new FakeDetector();
    await calibrations.add({ id: 'yard', model: 'mnad', alarmsPerDay: 2, basis: 'all', detector: other });
    detector.learned();
    other.learned();
    await clock.advance(10_000);
    expect(pool.budgets).toEqual([1]);
    pool.give(calibration());
    await clock.advance(0);
    expect(pool.budgets).toEqual([1, 2]);
  });

  it('stays as it is when a fit fails or gives no figures, and is fitted at the next stage', async () => {
    const { calibrations, detector, pool, clock, failures, fit, reasons } = await setUp();
    detector.learned();
    await clock.advance(1_000);
    pool.break();
    await clock.advance(0);
    expect(calibrations.state('gate').last_failure?.code).toBe('calibration.failed');
    await fit({ median: NaN });
    expect(failures).toEqual(['gate calibration.failed', 'gate calibration.failed']);
    expect(calibrations.counters).toEqual({ fits: 0, failedFits: 2 });
    expect(detector.used).toBeNull();
    await fit();
    expect(reasons()).toEqual(['1 drift']);
    expect(calibrations.state('gate').last_failure).toBeNull();
  });
});

describe('a calibration that is stored', () => {
  it('is used at once after a restart', async () => {
    const { store, fit } = await setUp();
    await fit({ median: 0.25 });
    const { detector, calibrations } = await setUp(store);
    expect(detector.used?.median).toBe(0.25);
    expect(detector.calls).toEqual(['resume']);
    expect(calibrations.state('gate').current?.version).toBe(1);
  });

  it('takes up a budget that was changed meanwhile', async () => {
    const { store, fit } = await setUp();
    await fit();
    const { detector } = await setUp(store, { alarmsPerDay: 24 });
    expect(detector.used?.threshold.level).toBeCloseTo(returnLevel(calibration().tail, 24), 9);
  });

  it('is not used when scores mean something else by now', async () => {
    const { store, fit } = await setUp();
    await fit();
    const { detector, reasons } = await setUp(store, { basis: 'half the picture' });
    expect(detector.used).toBeNull();
    expect(reasons()).toEqual([]);
  });

  it('is ignored, and told of, when it is damaged', async () => {
    const { detector, failures, fit, reasons } = await setUp(new Map([['calibration:gate', { basis: 1 }]]));
    expect(detector.used).toBeNull();
    expect(failures).toEqual(['gate calibration.damaged']);
    await fit();
    expect(reasons()).toEqual(['1 start']);
  });

  it('is in use also while it cannot be saved, and saved with the next', async () => {
    const { detector, disk, failures, fit, store } = await setUp();
    disk.broken = true;
    await fit({ median: 0.25 });
    expect(detector.used?.median).toBe(0.25);
    expect(failures).toEqual(['gate store.write_failed']);
    disk.broken = false;
    await fit();
    expect(store.get('calibration:gate')).toMatchObject({ versions: [{ version: 1 }, { version: 2 }] });
  });
});

describe('a calibration on request', () => {
  it('learns anew for so many minutes, once at a time', async () => {
    const { calibrations, detector, fit, reasons } = await setUp();
    await fit();
    expect(calibrations.calibrate('gate', 10).learning.requested).toBe(true);
    expect(detector.calls).toEqual(['learn 600']);
    expect(() => calibrations.calibrate('gate', 10)).toThrow(
      expect.objectContaining({ code: 'calibration.under_way' }),
    );
    await fit();
    expect(reasons()).toEqual(['2 on request', '1 start']);
    expect(calibrations.calibrate('gate', 1).learning.requested).toBe(true);
  });

  it('throws away a fit to what was learned before it', async () => {
    const { calibrations, detector, pool, clock, fit, reasons } = await setUp();
    detector.learned();
    await clock.advance(1_000);
    calibrations.calibrate('gate', 10);
    pool.give(calibration({ median: 0.3 }));
    await clock.advance(0);
    expect(detector.used).toBeNull();
    await fit();
    expect(reasons()).toEqual(['1 on request']);
  });

  it('is over when its fit fails, and says so', async () => {
    const { calibrations, detector, pool, clock } = await setUp();
    calibrations.calibrate('gate', 10);
    detector.learned();
    await clock.advance(1_000);
    pool.break();
    await clock.advance(0);
    expect(calibrations.state('gate')).toMatchObject({
      learning: { requested: false },
      last_failure: { code: 'calibration.failed' },
    });
  });

  it('is for cameras that there are', async () => {
    const { calibrations } = await setUp();
    expect(() => calibrations.calibrate('none', 10)).toThrow(
      expect.objectContaining({ code: 'camera.not_found' }),
    );
  });
});

describe('reverting', () => {
  it('uses an older version again, gives up what is under way, and outlives a restart', async () => {
    const { calibrations, detector, fit, reasons, store } = await setUp();
    await fit({ median: 0.1 });
    calibrations.calibrate('gate', 10);
    await fit({ median: 0.2 });
    calibrations.calibrate('gate', 10);
    const state = await calibrations.revert('gate', 1);
    expect(state.learning.requested).toBe(false);
    expect(detector.used?.median).toBe(0.1);
    expect(detector.calls.at(-1)).toBe('resume');
    expect(reasons()).toEqual(['3 reverted', '2 on request', '1 start']);
    expect((await setUp(store)).detector.used?.median).toBe(0.1);
  });

  it('names the versions there are', async () => {
    const { calibrations, fit } = await setUp();
    await fit();
    await expect(calibrations.revert('gate', 9)).rejects.toMatchObject({
      code: 'calibration.version_not_found',
      message: 'camera gate has no calibration 9; it has 1',
    });
  });
});

describe('a false alarm', () => {
  it('is forgiven, also by later fits, until it is taken back', async () => {
    const { calibrations, detector, fit, reasons } = await setUp();
    await fit();
    await calibrations.forgive('gate', [0.5]);
    expect(detector.used?.forgiven).toEqual([[0.5]]);
    expect(reasons()).toEqual(['2 feedback', '1 start']);
    await fit();
    expect(detector.used?.forgiven).toEqual([[0.5]]);
    await calibrations.unforgive('gate', [0.5]);
    expect(detector.used?.forgiven).toEqual([]);
  });

  it('of another model, or of a camera that is not calibrated or gone, changes nothing', async () => {
    const { calibrations, fit, reasons } = await setUp();
    await calibrations.forgive('gate', [0.5]);
    await calibrations.forgive('none', [0.5]);
    await fit();
    await calibrations.forgive('gate', [0.5, 0.5]);
    await calibrations.unforgive('gate', [0.5]);
    expect(reasons()).toEqual(['1 start']);
  });
});

describe('the end', () => {
  it('of the product gives up the fit under way, and says nothing of it', async () => {
    const { child, pool, detector, clock, failures, calibrations } = await setUp();
    detector.learned();
    await clock.advance(1_000);
    await child.stop(1_000);
    expect(await child.exited).toBeNull();
    expect(pool.closed).toBe(true);
    detector.learned();
    await clock.advance(10_000);
    expect(pool.budgets).toHaveLength(1);
    expect(failures).toEqual([]);
    expect(calibrations.counters.failedFits).toBe(0);
  });

  it('of a camera lets go of it, and of its fit', async () => {
    const { calibrations, detector, pool, clock, store } = await setUp();
    detector.learned();
    await clock.advance(1_000);
    calibrations.remove('gate');
    pool.give(calibration());
    await clock.advance(0);
    expect(() => calibrations.state('gate')).toThrow('there is no camera gate');
    expect(store.size).toBe(0);
  });

  it('of a camera keeps what is stored: it goes on if the same one comes back, and another starts anew', async () => {
    const { calibrations, fit, detector, store, reasons } = await setUp();
    await fit({ median: 0.1 });
    calibrations.remove('gate');
    expect(store.size).toBe(1);
    const camera = { id: 'gate', model: 'mnad', alarmsPerDay: 1, detector } as const;
    await calibrations.add({ ...camera, basis: 'another stream' });
    expect(calibrations.state('gate').current).toBeNull();
    calibrations.remove('gate');
    await calibrations.add({ ...camera, basis: 'all' });
    expect(reasons()).toEqual(['1 start']);
  });
});

describe('the budget of false alarms', () => {
  it('moves the threshold at once, and what was learned stays', async () => {
    const { calibrations, fit, detector, reasons } = await setUp();
    await fit();
    const before = detector.used?.threshold.level ?? NaN;
    calibrations.setBudget('gate', 100);
    expect(detector.used?.threshold.level).toBeLessThan(before);
    calibrations.setBudget('gate', 1);
    expect(detector.used?.threshold.level).toBeCloseTo(before);
    expect(reasons()).toEqual(['1 start']);
    expect(detector.calls).toEqual([]);
  });

  it('that changes while a fit is under way is the one that counts', async () => {
    const { calibrations, detector, pool, clock } = await setUp();
    detector.learned();
    await clock.advance(1_000);
    calibrations.setBudget('gate', 100);
    pool.give(calibration());
    await clock.advance(0);
    expect(pool.budgets).toEqual([1]);
    expect(detector.used?.threshold.level).toBeCloseTo(returnLevel(calibration().tail, 100));
  });
});

describe('what a calibration belongs to', () => {
  const settings = (url: string, own: object = {}) =>
    cameraSettings({ defaults: cameraDefaultsSchema.parse({}) }, 'gate', cameraSchema.parse({ url, ...own }));
  const basisOf = (url: string, own?: object): string =>
    calibratedCamera(settings(url, own), new FakeDetector(), []).basis;

  it('is the stream, whoever logs in there, and not the name of the camera', () => {
    expect(basisOf('rtsp://me:secret@10.0.0.5/s1', { name: 'Gate' })).toBe(basisOf('rtsp://10.0.0.5/s1'));
    expect(basisOf('rtsp://10.0.0.6/s1')).not.toBe(basisOf('rtsp://10.0.0.5/s1'));
    expect(basisOf('rtsp://me:secret@10.0.0.5/s1')).not.toContain('secret');
  });
});
