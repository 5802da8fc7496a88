import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { wait } from '../../clock.js';
import { AppError, type ErrorCode } from '../../errors.js';
import type { Clip } from '../../protocol/camera.js';
import type { UntimedStep } from '../../trace.js';
import type { VlmAnswer } from '../../verification/verdict.js';
import type { Verification, Vlm } from './verification.js';
import { Verifier, type Question, type VerifierOptions } from './verifier.js';

const model = { name: 'tiny', sha256: 'ab' };
const vlm: Vlm = { ...model, prompt: 'drawn-2' };
const picture: Clip = { pictures: [new ArrayBuffer(8)], mime: 'image/jpeg', secondsBefore: [3, 0] };
const VLM_MS = 5_000;

function answerOf(label: VlmAnswer['label']): VlmAnswer {
  return { label, severity: 'high', confidence: 0.9, description: 'Something.', evidence: [] };
}

function setup(given: Partial<VerifierOptions> = {}) {
  const clock = new SimulatedClock();
  const asked: string[] = [];
  const late: { id: string; atMs: number }[] = [];
  const verdicts: { id: string; atMs: number; verification: Verification }[] = [];
  const steps: { id: string; type: UntimedStep['type'] }[] = [];
  let asking = 0;
  const verifier = new Verifier({
    clock,
    capacity: 4,
    deadlineMs: 10_000,
    vlmFor: () => vlm,
    async ask({ eventId }: Question) {
      asked.push(eventId);
      asking += 1;
      expect(asking).toBe(1);
      await wait(clock, VLM_MS);
      asking -= 1;
      return { answer: answerOf('fall'), reply: { text: '{}', tokens: 9, runMs: VLM_MS, waitedMs: 20 } };
    },
    onVerdict: (id, verification) => verdicts.push({ id, atMs: clock.monotonicMs(), verification }),
    onStep(id, { type }) {
      steps.push({ id, type });
      if (type === 'late') late.push({ id, atMs: clock.monotonicMs() });
    },
    ...given,
  });
  const submit = (eventId: string, camera: string, score = 0.75, clip = () => Promise.resolve(picture)) => {
    verifier.submit({ eventId, camera, score, threshold: 0.5, isAgain: false }, clip);
  };
  const submitAgain = (eventId: string, camera: string) => {
    verifier.submit({ eventId, camera, score: 0.75, threshold: 0.5, isAgain: true }, () =>
      Promise.resolve(picture),
    );
  };
  const stepsOf = (id: string) => steps.filter((step) => step.id === id).map(({ type }) => type);
  return { clock, verifier, submit, submitAgain, asked, late, verdicts, stepsOf };
}

describe('Verifier', () => {
  it('tells what the VLM saw, who looked, and how long that took', async () => {
    const { clock, submit, verdicts, stepsOf, late } = setup();
    submit('a', 'gate');
    await clock.advance(VLM_MS);
    const verification = { verdict: 'confirmed', model, waitedMs: 20, runMs: VLM_MS, rawOutput: '{}' };
    expect(verdicts).toMatchObject([{ id: 'a', atMs: VLM_MS, verification }]);
    expect(stepsOf('a')).toEqual(['queued', 'clip', 'asked', 'answered']);
    await clock.advance(60_000);
    expect(late).toEqual([]);
  });

  it('rejects what the VLM finds normal', async () => {
    const reply = { text: '{}', tokens: 1, runMs: 1, waitedMs: 0 };
    const ask = () => Promise.resolve({ answer: answerOf('normal'), reply });
    const { clock, submit, verdicts, verifier } = setup({ ask });
    submit('a', 'gate');
    await clock.advance(0);
    expect(verdicts[0]?.verification.verdict).toBe('rejected');
    expect(verifier.counters).toMatchObject({ submitted: 1, rejected: 1, waiting: 0, running: 0 });
  });

  it('looks again at what it has looked at, and nobody waits for that', async () => {
    const { clock, submit, submitAgain, asked, verdicts, late, verifier } = setup({ deadlineMs: 3_000 });
    submit('a', 'gate');
    await clock.advance(VLM_MS);
    submitAgain('a', 'gate');
    await clock.advance(VLM_MS);
    expect(asked).toEqual(['a', 'a']);
    expect(verdicts.map(({ id }) => id)).toEqual(['a', 'a']);
    expect(late).toEqual([{ id: 'a', atMs: 3_000 }]);
    expect(verifier.counters).toMatchObject({ submitted: 2, confirmed: 2, late: 1 });
  });

  it('says once at the deadline that there is no verdict yet, and verifies all the same', async () => {
    const { clock, submit, verdicts, late, stepsOf } = setup({ deadlineMs: 8_000 });
    for (const camera of ['1', '2', '3']) submit(camera, camera);
    await clock.advance(60_000);
    expect(late).toEqual([
      { id: '2', atMs: 8_000 },
      { id: '3', atMs: 8_000 },
    ]);
    expect(verdicts.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['1', 5_000],
      ['2', 10_000],
      ['3', 15_000],
    ]);
    expect(stepsOf('2')).toEqual(['queued', 'clip', 'asked', 'late', 'answered']);
    expect(stepsOf('3')).toEqual(['queued', 'clip', 'late', 'asked', 'answered']);
  });

  it('gives up what still waits a minute after its onset', async () => {
    let answer: () => void = () => undefined;
    const ask = () =>
      new Promise<never>((_resolve, reject) => {
        answer = () => {
          reject(new AppError('vlm.deadline', 'no answer'));
        };
      });
    const { clock, submit, verdicts } = setup({ ask });
    submit('stuck', '1');
    submit('patient', '2');
    await clock.advance(60_000);
    expect(verdicts).toMatchObject([
      {
        id: 'patient',
        atMs: 60_000,
        verification: { verdict: 'unverified', reason: 'deadline', waitedMs: 60_000 },
      },
    ]);
    answer();
    await clock.advance(0);
    expect(verdicts[1]).toMatchObject({ id: 'stuck', verification: { verdict: 'verification-failed' } });
  });

  it.each<[ErrorCode, object]>([
    ['vlm.bad_output', { verdict: 'verification-failed', rawOutput: 'gibber', model }],
    ['vlm.deadline', { verdict: 'verification-failed', model }],
    ['vlm.failed', { verdict: 'verification-failed' }],
    ['model.hash_mismatch', { verdict: 'unverified', reason: 'model_unavailable', model: null }],
    ['model.over_budget', { verdict: 'unverified', reason: 'model_unavailable' }],
    ['vlm.not_loaded', { verdict: 'unverified', reason: 'model_unavailable' }],
    ['gpu.lost', { verdict: 'unverified', reason: 'model_unavailable' }],
  ])('makes of %s what it is, does not ask again, and goes on with the next', async (code, expected) => {
    const ask = ({ eventId }: Question) =>
      Promise.reject(new AppError(code, `no ${eventId}`, { output: 'gibber' }));
    const { clock, submit, verdicts, verifier } = setup({ ask });
    submit('a', 'gate');
    submit('b', 'yard');
    await clock.advance(0);
    expect(verdicts).toMatchObject([
      { id: 'a', verification: expected },
      { id: 'b', verification: expected },
    ]);
    const { failed, unverified } = verifier.counters;
    expect(failed + unverified.model_unavailable).toBe(2);
  });

  it('needs no queue and no picture for a camera without a VLM', () => {
    const { submit, verdicts, late } = setup({ vlmFor: () => 'no_model' });
    submit('a', 'gate', 0.9, () => expect.unreachable('a picture was taken'));
    expect(verdicts).toMatchObject([
      { id: 'a', verification: { verdict: 'unverified', reason: 'no_model' } },
    ]);
    expect(late).toEqual([]);
  });

  it('does not wait for its turn to say that there is no picture', async () => {
    const { clock, submit, verdicts, asked } = setup();
    submit('a', 'gate');
    const gone = () => Promise.reject(new AppError('snapshot.not_found', 'the frame is gone'));
    submit('b', 'yard', 0.9, gone);
    await clock.advance(0);
    expect(verdicts).toMatchObject([{ id: 'b', atMs: 0, verification: { reason: 'no_picture' } }]);
    await clock.advance(VLM_MS);
    submit('c', 'yard', 0.9, gone);
    await clock.advance(60_000);
    expect(verdicts.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(asked).toEqual(['a']);
  });

  it('says why it gave up candidates for others, and takes no picture of those', async () => {
    const { clock, submit, verdicts, verifier, stepsOf } = setup({ capacity: 1 });
    submit('running', '0');
    submit('a', '1', 0.7);
    submit('b', '1', 0.6, () => expect.unreachable('a picture was taken'));
    submit('c', '2', 0.9);
    const reasons = verdicts.map(({ id, verification }) => [
      id,
      'reason' in verification && verification.reason,
    ]);
    expect(reasons).toEqual([
      ['b', 'merged'],
      ['a', 'queue_full'],
    ]);
    expect(stepsOf('b')).toEqual(['unverified']);
    await clock.advance(2 * VLM_MS);
    expect(verifier.counters).toMatchObject({ submitted: 4, confirmed: 2, highWater: 1 });
  });

  it('gives up everything when stopped, hears no answer after that, and takes nothing more', async () => {
    const { clock, submit, verifier, verdicts, late } = setup();
    submit('running', '1');
    submit('waiting', '2');
    await clock.advance(1_000);
    verifier.stop();
    submit('after', '3');
    await clock.advance(60_000);
    const reasons = verdicts.map(({ id, verification }) => [
      id,
      'reason' in verification && verification.reason,
    ]);
    expect(reasons).toEqual(['running', 'waiting', 'after'].map((id) => [id, 'stopped']));
    expect(verdicts.map(({ verification }) => verification.waitedMs)).toEqual([1_000, 1_000, 0]);
    expect(late).toEqual([]);
    expect(verifier.counters).toMatchObject({ confirmed: 0, waiting: 0, running: 0 });
  });
});

describe('a stop while a picture is being taken', () => {
  it('keeps the VLM from being asked', async () => {
    const { clock, submit, verifier, verdicts, asked } = setup();
    let take: (clip: Clip) => void = () => undefined;
    submit('a', 'gate', 0.9, () => new Promise((resolve) => (take = resolve)));
    await clock.advance(0);
    verifier.stop();
    take(picture);
    await clock.advance(VLM_MS);
    expect(asked).toEqual([]);
    expect(verdicts).toMatchObject([{ id: 'a', verification: { reason: 'stopped' } }]);
  });
});

describe('a storm: twelve cameras that alarm every 15 s for 5 minutes, and a VLM that takes 5 s', () => {
  it('is bounded, gives every candidate one outcome, and lets nobody wait beyond the deadline unawares', async () => {
    const { clock, submit, verifier, late, verdicts } = setup({ capacity: 32 });
    const onsetMs = new Map<string, number>();
    for (let second = 0; second < 300; second += 1) {
      for (let camera = 0; camera < 12; camera += 1) {
        if (second % 15 !== camera) continue;
        const id = `${camera}-${second}`;
        onsetMs.set(id, clock.monotonicMs());
        submit(id, String(camera), 0.5 + ((camera * 7 + second) % 50) / 100);
      }
      expect(verifier.counters.waiting).toBeLessThanOrEqual(12);
      await clock.advance(1_000);
    }
    await clock.advance(120_000);

    expect(onsetMs.size).toBe(240);
    expect(verdicts.map(({ id }) => id).sort()).toEqual([...onsetMs.keys()].sort());
    const verdictMs = new Map(verdicts.map(({ id, atMs }) => [id, atMs]));
    const sinceOnset = (id: string, atMs: number) => atMs - (onsetMs.get(id) ?? NaN);
    for (const { id, atMs } of late) expect(sinceOnset(id, atMs)).toBe(10_000);
    expect(new Set(late.map(({ id }) => id)).size).toBe(late.length);
    // Whoever has no verdict at the deadline was told that there is none.
    const slow = verdicts.filter(({ id, atMs }) => sinceOnset(id, atMs) > 10_000).map(({ id }) => id);
    expect(late.map(({ id }) => id)).toEqual(expect.arrayContaining(slow));
    for (const { id, atMs } of late) expect(verdictMs.get(id)).toBeGreaterThanOrEqual(atMs);

    const { submitted, confirmed, unverified, highWater } = verifier.counters;
    expect(submitted).toBe(240);
    // It is never idle: a verdict every 5 s.
    expect(confirmed).toBeGreaterThanOrEqual(60);
    expect(confirmed + unverified.merged + unverified.deadline).toBe(240);
    expect(highWater).toBeLessThanOrEqual(12);
    const perCamera = verdicts.filter(({ verification }) => verification.verdict === 'confirmed');
    for (let camera = 0; camera < 12; camera += 1) {
      const own = perCamera.filter(({ id }) => id.startsWith(`${camera}-`)).length;
      expect(own).toBeGreaterThanOrEqual(4);
    }
  });
});
