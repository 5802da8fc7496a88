import { describe, expect, it } from 'vitest';
import type { AnomalyEvent, Place, Severity } from '../../event.js';
import type { Episode } from '../../scoring/episode.js';
import { CELLS } from '../../vad-model.js';
import type { RecordedClip } from '../../protocol/camera.js';
import type { Assessment } from '../../decision/assessment.js';
import type { VlmAnswer } from '../../verification/verdict.js';
import { Recorder, type Candidate } from './recorder.js';

/** The peak is at the end, and further right the later it is. */
function episode(peakScore: number, lastS: number): Episode {
  const at = (seconds: number, anomalyScore: number) => ({
    camera: 'gate',
    ptsUs: seconds * 1e6,
    wallTime: 1_000 + seconds,
    anomalyScore,
  });
  const place: Place = { box: [lastS / 10, 0, 0.1, 0.1], heat: new Uint8Array(CELLS.count) };
  return { start: at(1, 0.6), last: at(lastS, 0.6), peak: { ...at(lastS, peakScore), place } };
}

/** What a VLM that saw a fall and the policy make of it. */
function fallen(severity: Severity, final = true): Assessment {
  return {
    finding: {
      verdict: 'confirmed',
      answer: { label: 'fall', severity, confidence: 0.9, description: 'A person lies.', evidence: [] },
    },
    decision: {
      label: 'fall',
      severity,
      actions: severity === 'low' ? ['log'] : ['alert'],
      reasoning: 'somebody fell',
      by: 'policy',
      fallback: null,
      rule: 'confirmed',
      overruled: [],
      model: null,
      rawOutput: null,
      modelMs: 0,
      visited: [],
    },
    vlm: { name: 'drawn', sha256: 'def' },
    final,
  };
}

/** `clip`: of every event; null for none. */
async function setUp(clip: Promise<RecordedClip | null> | null = null) {
  const log: string[] = [];
  const candidates: Candidate[] = [];
  /** Of the episodes of candidates. */
  const later: string[] = [];
  const events: AnomalyEvent[] = [];
  let release = (): void => undefined;
  let gate = Promise.resolve();
  let gone = false;
  let dropped = 0;
  const recorder = new Recorder({
    camera: { id: 'gate', name: 'Front gate', zones: {} },
    threshold: 0.5,
    models: () => [{ name: 'mnad', sha256: 'abc' }],
    saveSnapshot(_id, ptsUs, place) {
      log.push(`picture ${ptsUs / 1e6}, marked at ${place?.box[0] ?? NaN}`);
      return Promise.resolve(!gone);
    },
    beginClip: (_id, startUs) => {
      if (clip !== null) log.push(`clip from ${startUs / 1e6}`);
      return clip;
    },
    endClip: (_id, lastUs) => {
      if (clip !== null) log.push(`clip to ${lastUs / 1e6}`);
    },
    async append(event) {
      await gate;
      log.push(`stored ${event.state} ${event.severity}`);
      events.push(event);
    },
    onCandidate: (candidate) => candidates.push(candidate),
    onHeld: (id, { last }) => later.push(`${id} held at ${last.ptsUs / 1e6}`),
    onEnded: (id) => later.push(`${id} ended`),
    onDurable: (event, { announce, final }) =>
      log.push(`told ${event.state}${announce ? ', announced' : ''}${final ? ', final' : ''}`),
    onDropped: () => {
      dropped += 1;
    },
  });
  const child = await recorder.start();
  const hold = (): void => {
    gate = new Promise((resolve) => (release = resolve));
  };
  return {
    recorder,
    child,
    log,
    events,
    candidates,
    later,
    dropped: () => dropped,
    hold,
    release: () => {
      release();
    },
    loseFrames: () => {
      gone = true;
    },
  };
}

describe('Recorder', () => {
  it('counts what it loses while the disk lags behind so many episodes that there is no room', async () => {
    const { recorder, child, events, hold, release, dropped } = await setUp();
    hold();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    // That one is being stored.
    await new Promise((resolve) => setImmediate(resolve));
    for (let episodes = 0; episodes < 3_002; episodes += 1) {
      recorder.change({ type: 'opened', episode: episode(0.6, 2) });
      recorder.change({ type: 'ended', episode: episode(0.6, 2) });
    }
    expect(dropped()).toBe(4);
    release();
    await child.stop(1_000);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3_001);
  });

  it('tells of each high score of an anomaly and of its end, without storing what is nothing new', async () => {
    const { recorder, child, candidates, later, events } = await setUp();
    for (const change of [
      { type: 'opened', episode: episode(0.6, 2) },
      { type: 'peaked', episode: episode(0.61, 3) },
      { type: 'held', episode: episode(0.61, 4) },
      { type: 'ended', episode: episode(0.61, 4) },
    ] as const) {
      recorder.change(change);
      await new Promise((resolve) => setImmediate(resolve));
    }
    recorder.change({ type: 'opened', episode: episode(0.6, 5), fault: 'covered' });
    recorder.change({ type: 'ended', episode: episode(0.6, 6), fault: 'covered' });
    await child.stop(1_000);
    const id = candidates[0]?.eventId;
    expect(later).toEqual([`${id} held at 3`, `${id} held at 4`, `${id} ended`]);
    expect(events.filter((event) => event.id === id).map(({ state }) => state)).toEqual(['new', 'ended']);
  });

  it('saves the picture, then stores, then tells', async () => {
    const { recorder, child, log } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    await child.stop(1_000);
    expect(log).toEqual(['picture 2, marked at 0.2', 'stored new low', 'told new']);
  });

  it('one episode is one event: same id, rising score, an end, and no picture of a frame long gone', async () => {
    const { recorder, child, log, events } = await setUp();
    for (const change of [
      { type: 'opened', episode: episode(0.6, 2) },
      { type: 'peaked', episode: episode(0.95, 3) },
      { type: 'ended', episode: episode(0.96, 4) },
    ] as const) {
      recorder.change(change);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await child.stop(1_000);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    expect(log).toEqual([
      'picture 2, marked at 0.2',
      'stored new low',
      'told new',
      'picture 3, marked at 0.3',
      'stored new high',
      'told new',
      'stored ended high',
      'told ended',
    ]);
    expect(events.at(-1)).toMatchObject({
      start_time: 1_001,
      end_time: 1_004,
      top_score: 0.96,
      has_snapshot: true,
    });
  });

  it('keeps the box of the picture that it has, when there is none of a later peak', async () => {
    const { recorder, child, events, loseFrames } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    await new Promise((resolve) => setImmediate(resolve));
    loseFrames();
    recorder.change({ type: 'peaked', episode: episode(0.9, 4) });
    await child.stop(1_000);
    expect(events.map(({ data }) => data['box'])).toEqual([
      [0.2, 0, 0.1, 0.1],
      [0.2, 0, 0.1, 0.1],
    ]);
    expect(events.at(-1)).toMatchObject({ top_score: 0.9, has_snapshot: true });
  });

  it('while the disk is slow, keeps the newest state of each episode and loses none', async () => {
    const { recorder, child, events, hold, release } = await setUp();
    hold();
    for (let i = 0; i < 50; i += 1) {
      recorder.change({ type: 'opened', episode: episode(0.6, 2) });
      for (let step = 0; step < 4; step += 1)
        recorder.change({ type: 'peaked', episode: episode(0.6 + step / 10, 3) });
      recorder.change({ type: 'ended', episode: episode(0.9, 4) });
    }
    release();
    await child.stop(1_000);
    const ended = events.filter(({ state }) => state === 'ended');
    expect(new Set(ended.map(({ id }) => id)).size).toBe(50);
    expect(events.length).toBeLessThan(60);
  });

  it('keeps a fault of the picture apart from an episode that is open, as an event with a picture of its own', async () => {
    const { recorder, child, events } = await setUp();
    const fault = 'covered';
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    recorder.change({ type: 'opened', fault, episode: episode(1, 3) });
    await new Promise((resolve) => setImmediate(resolve));
    recorder.change({ type: 'ended', episode: episode(0.6, 4) });
    recorder.change({ type: 'ended', fault, episode: episode(1, 60) });
    await child.stop(1_000);
    expect(events.map(({ label, state, severity }) => [label, state, severity])).toEqual([
      ['anomaly', 'new', 'low'],
      ['covered', 'new', 'high'],
      ['anomaly', 'ended', 'low'],
      ['covered', 'ended', 'high'],
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    expect(events[3]).toMatchObject({ end_time: 1_060, has_snapshot: true, models: [] });
  });

  it('tells of a candidate as it begins, and of a fault of the picture not as of a candidate', async () => {
    const { recorder, child, candidates, events } = await setUp();
    recorder.change({ type: 'opened', fault: 'covered', episode: episode(1, 3) });
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    await child.stop(1_000);
    expect(candidates).toMatchObject([{ eventId: events[1]?.id, camera: 'gate', threshold: 0.5 }]);
  });

  it('announces an anomaly once it is assessed, under the same id, and a fault of the picture at once', async () => {
    const { recorder, child, candidates, events, log } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    recorder.assess(candidates[0]?.eventId ?? '', fallen('high'));
    recorder.change({ type: 'opened', fault: 'covered', episode: episode(1, 3) });
    await child.stop(1_000);
    expect(log.filter((line) => line.startsWith('told'))).toEqual([
      'told new',
      'told new, announced',
      'told new, announced',
    ]);
    expect(new Set(events.slice(0, 2).map(({ id }) => id)).size).toBe(1);
    expect(events[1]).toMatchObject({
      label: 'fall',
      severity: 'high',
      verdict: 'confirmed',
      summary: 'A person lies.',
      reasoning: 'somebody fell',
      actions: ['alert'],
      models: [{ name: 'mnad' }, { name: 'drawn' }],
      data: { confidence: 0.9, decided_by: 'policy', rule: 'confirmed', box: [0.2, 0, 0.1, 0.1] },
    });
  });

  it('announces once before a late verdict, and again only when that is more severe', async () => {
    const later = async (verdict: Assessment) => {
      const { recorder, child, candidates, log } = await setUp();
      recorder.change({ type: 'opened', episode: episode(0.6, 2) });
      const { eventId } = candidates[0] ?? { eventId: '' };
      recorder.assess(eventId, fallen('medium', false));
      await new Promise((resolve) => setImmediate(resolve));
      recorder.assess(eventId, verdict);
      recorder.change({ type: 'ended', episode: episode(0.6, 4) });
      await child.stop(1_000);
      return log.filter((line) => line.startsWith('told'));
    };
    expect(await later(fallen('medium'))).toEqual([
      'told new',
      'told new, announced',
      'told new',
      'told ended, final',
    ]);
    expect(await later(fallen('high'))).toEqual([
      'told new',
      'told new, announced',
      'told new, announced',
      'told ended, final',
    ]);
  });

  it('takes a verdict after the end, which is the last state then', async () => {
    const { recorder, child, candidates, events, log } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    recorder.change({ type: 'ended', episode: episode(0.6, 4) });
    await new Promise((resolve) => setImmediate(resolve));
    recorder.assess(candidates[0]?.eventId ?? '', fallen('medium'));
    await child.stop(1_000);
    expect(log.at(-1)).toBe('told ended, announced, final');
    expect(events.at(-1)).toMatchObject({ state: 'ended', end_time: 1_004, label: 'fall' });
  });

  it('calls what was rejected an anomaly still, which it was to the score', async () => {
    const { recorder, child, candidates, events } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    const { decision, ...rest } = fallen('low');
    const answer: VlmAnswer = {
      label: 'normal',
      severity: 'low',
      confidence: 0.9,
      description: 'Nothing.',
      evidence: [],
    };
    recorder.assess(candidates[0]?.eventId ?? '', {
      ...rest,
      finding: { verdict: 'rejected', answer },
      decision: { ...decision, label: 'normal' },
    });
    await child.stop(1_000);
    expect(events.at(-1)).toMatchObject({ label: 'anomaly', verdict: 'rejected', summary: 'Nothing.' });
  });

  it('lets no verdict hold down what the score makes high', async () => {
    const { recorder, child, candidates, events, log } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    recorder.assess(candidates[0]?.eventId ?? '', fallen('low'));
    await new Promise((resolve) => setImmediate(resolve));
    recorder.change({ type: 'peaked', episode: episode(0.95, 3) });
    await child.stop(1_000);
    expect(events.map(({ severity }) => severity)).toEqual(['low', 'low', 'high']);
    expect(log.at(-1)).toBe('told new, announced');
  });

  it('does not store every small rise of the peak', async () => {
    const { recorder, child, events } = await setUp();
    recorder.change({ type: 'opened', episode: episode(0.6, 2) });
    for (let step = 1; step <= 4; step += 1) {
      recorder.change({ type: 'peaked', episode: episode(0.6 + step / 100, 2 + step) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await child.stop(1_000);
    expect(events).toHaveLength(1);
  });

  describe('with a clip', () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve));

    /** An event that is over and assessed, whose clip goes on. */
    async function waitingForClip() {
      let settle: (clip: RecordedClip | null) => void = () => undefined;
      const made = await setUp(new Promise((resolve) => (settle = resolve)));
      made.recorder.change({ type: 'opened', episode: episode(0.6, 2) });
      made.recorder.assess(made.candidates[0]?.eventId ?? '', fallen('high'));
      await turn();
      made.recorder.change({ type: 'ended', episode: episode(0.6, 4) });
      await turn();
      return { ...made, settle };
    }

    it('tells and ends the event at once, and finishes it when the clip is on disk', async () => {
      const { log, events, child, settle } = await waitingForClip();
      expect(log).toEqual([
        'clip from 1',
        'picture 2, marked at 0.2',
        'stored new low',
        'told new',
        'stored new high',
        'told new, announced',
        'clip to 4',
        'stored ended high',
        'told ended',
      ]);
      settle({ codec: 'h264', seconds: 14 });
      await turn();
      await child.stop(1_000);
      expect(log.slice(-2)).toEqual(['stored ended high', 'told ended, final']);
      expect(events.map(({ has_clip }) => has_clip)).toEqual([false, false, false, true]);
      expect(events.at(-1)?.data).toMatchObject({ clip_codec: 'h264', clip_seconds: 14 });
    });

    it('finishes the event without it when it came to nothing', async () => {
      const { log, events, child, settle } = await waitingForClip();
      settle(null);
      await turn();
      await child.stop(1_000);
      expect(log.at(-1)).toBe('told ended, final');
      expect(events.at(-1)?.has_clip).toBe(false);
    });

    it('has it at its longest while the event goes on, and keeps it in later states', async () => {
      const { recorder, events, child } = await setUp(Promise.resolve({ codec: 'h264', seconds: 120 }));
      recorder.change({ type: 'opened', episode: episode(0.6, 2) });
      await turn();
      recorder.change({ type: 'peaked', episode: episode(0.9, 3) });
      await turn();
      await child.stop(1_000);
      expect(events.map(({ has_clip }) => has_clip)).toEqual([false, true, true]);
    });

    it('stores nothing twice for a clip that came to nothing while the event goes on', async () => {
      const { recorder, log, child } = await setUp(Promise.resolve(null));
      recorder.change({ type: 'opened', episode: episode(0.6, 2) });
      await turn();
      await child.stop(1_000);
      expect(log.filter((line) => line.startsWith('stored'))).toEqual(['stored new low']);
    });
  });
});
