import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../decision/assessment.js';
import type { AnomalyEvent } from '../../event.js';
import type { RecordedClip } from '../../protocol/camera.js';
import type { Episode } from '../../scoring/episode.js';
import { FleetRecorders } from './fleet-recorders.js';
import type { ChildSpec } from '../kernel/supervisor.js';

const unverified: Assessment = {
  finding: { verdict: 'unverified', reason: 'deadline' },
  decision: {
    label: 'anomaly',
    severity: 'medium',
    actions: ['alert'],
    reasoning: 'it scored high',
    by: 'policy',
    fallback: null,
    rule: 'unverified',
    overruled: [],
    model: null,
    rawOutput: null,
    modelMs: 0,
    visited: [],
  },
  vlm: null,
  final: true,
};

function episode(): Episode {
  const score = { camera: 'gate', ptsUs: 0, wallTime: 1_000, anomalyScore: 0.8 };
  return { start: score, last: score, peak: score };
}

async function setUp() {
  const running = new Set<string>();
  const candidates: string[] = [];
  const stored: AnomalyEvent[] = [];
  let settle: () => void = () => undefined;
  let clip: Promise<RecordedClip | null> | null = null;
  const recorders = new FleetRecorders({
    async add(spec: ChildSpec) {
      await spec.start();
      running.add(spec.id);
    },
    remove(id) {
      running.delete(id);
      settle();
      return Promise.resolve();
    },
  });
  const camera = { settings: { id: 'gate', name: 'Gate', zones: {} }, threshold: 0.5 };
  const recorder = await recorders.add('gate:0', camera, {
    models: () => [],
    saveSnapshot: () => Promise.resolve(false),
    beginClip: () => clip,
    endClip: () => undefined,
    append: () => Promise.resolve(),
    onCandidate: ({ eventId }) => candidates.push(eventId),
    onHeld: () => undefined,
    onEnded: () => undefined,
    onDurable: (event) => {
      stored.push(event);
      settle();
    },
  });
  /** Resolves with the next thing that happens. */
  const next = (): Promise<void> => new Promise((resolve) => (settle = resolve));
  const clipOf = (coming: Promise<RecordedClip | null>): void => {
    clip = coming;
  };
  return { recorders, recorder, camera, running, candidates, stored, next, clipOf };
}

describe("a camera's recorder", () => {
  it('ends with its camera when no event is open', async () => {
    const { recorders, recorder, running } = await setUp();
    expect([...running]).toEqual(['recorder:gate:0']);
    recorders.retire(recorder);
    expect([...running]).toEqual([]);
  });

  it('outlives its camera until the last event is decided on, which it still stores', async () => {
    const { recorders, recorder, running, candidates, stored, next } = await setUp();
    recorder.change({ type: 'opened', episode: episode() });
    await next();
    recorder.change({ type: 'ended', episode: episode() });
    recorders.retire(recorder);
    await next();
    expect(running.size).toBe(1);
    recorders.assess(candidates[0] ?? '', unverified);
    while (running.size > 0) await next();
    expect(stored.at(-1)).toMatchObject({ state: 'ended', actions: ['alert'] });
    recorders.assess(candidates[0] ?? '', unverified);
  });

  it('waits for the clip of the last event', async () => {
    const { recorders, recorder, running, candidates, stored, next, clipOf } = await setUp();
    let give: (clip: null) => void = () => undefined;
    clipOf(new Promise((resolve) => (give = resolve)));
    recorder.change({ type: 'opened', episode: episode() });
    await next();
    recorders.assess(candidates[0] ?? '', unverified);
    await next();
    recorder.change({ type: 'ended', episode: episode() });
    recorders.retire(recorder);
    await next();
    expect(stored.at(-1)?.state).toBe('ended');
    expect(running.size).toBe(1);
    give(null);
    while (running.size > 0) await next();
  });

  it('writes the name and the threshold as they are when something happens', async () => {
    const { recorder, camera, stored, next } = await setUp();
    camera.settings = { ...camera.settings, name: 'Front gate' };
    camera.threshold = 0.7;
    recorder.change({ type: 'opened', episode: episode() });
    await next();
    expect(stored[0]).toMatchObject({ threshold: 0.7 });
    expect(stored[0]?.summary).toContain('Front gate');
  });
});
