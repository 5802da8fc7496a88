import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { AgentRuleConfig } from '../../config/config.js';
import type { Assessment } from '../../decision/assessment.js';
import type { AgentTask, Finding } from '../../decision/decision.js';
import { decideByPolicy } from '../../decision/policy.js';
import type { Episode } from '../../scoring/episode.js';
import { Assessor } from './assessor.js';
import type { Candidate } from '../events/recorder.js';

const fall: Finding = {
  verdict: 'confirmed',
  answer: { label: 'fall', severity: 'high', confidence: 0.9, description: 'A person lies.', evidence: [] },
};
const nothing: Finding = {
  verdict: 'rejected',
  answer: { label: 'normal', severity: 'low', confidence: 0.8, description: 'A person walks.', evidence: [] },
};
const vlm = { name: 'drawn', sha256: 'def' };

function candidate(eventId: string, anomalyScore = 0.7): Candidate {
  const score = { camera: 'gate', ptsUs: 0, wallTime: 1_000, anomalyScore };
  const episode = { start: score, last: score, peak: score };
  return { eventId, camera: 'gate', episode, threshold: 0.5 };
}

/** The episode of `candidate`, gone on to the score of `seconds`. */
function goneOn(seconds: number, anomalyScore = 0.7): Episode {
  const { episode } = candidate('');
  const last = { camera: 'gate', ptsUs: seconds * 1e6, wallTime: 1_000 + seconds, anomalyScore };
  return { ...episode, last, peak: anomalyScore > episode.peak.anomalyScore ? last : episode.peak };
}

function setUp(rules: readonly AgentRuleConfig[] = []) {
  const clock = new SimulatedClock();
  const asked: string[] = [];
  /** Seconds of the stream, of each look, and whether it was another. */
  const looks: [seconds: number, isAgain: boolean][] = [];
  const decided: string[] = [];
  const tasks: AgentTask[] = [];
  const assessed: (Assessment & { id: string; atMs: number })[] = [];
  let history = (): Promise<{ lastHour: number; falseAlarms: number }> =>
    Promise.resolve({ lastHour: 4, falseAlarms: 2 });
  const assessor = new Assessor({
    clock,
    deadlineMs: 10_000,
    rules: () => rules,
    nameOf: () => 'Front gate',
    verify({ eventId }, { ptsUs }, isAgain) {
      asked.push(eventId);
      looks.push([ptsUs / 1e6, isAgain]);
    },
    decide(task) {
      tasks.push(task);
      return Promise.resolve(decideByPolicy(task));
    },
    history: () => history(),
    onDecided: (_eventId, { rule }) => decided.push(rule),
    onAssessed: ({ eventId }, assessment) =>
      assessed.push({ ...assessment, id: eventId, atMs: clock.monotonicMs() }),
  });
  return {
    assessor,
    clock,
    asked,
    looks,
    decided,
    tasks,
    assessed,
    loseHistory: () => {
      history = () => new Promise(() => undefined);
    },
  };
}

describe('Assessor', () => {
  it('has a candidate verified, and decides on what was found and what happened before', async () => {
    const { assessor, asked, tasks, assessed } = setUp();
    assessor.consider(candidate('a'));
    await assessor.found('a', fall, vlm);
    expect(asked).toEqual(['a']);
    expect(tasks).toMatchObject([
      {
        event: { id: 'a', camera: 'gate', cameraName: 'Front gate', scoreSeverity: 'low' },
        finding: fall,
        history: { lastHour: 4, falseAlarms: 2 },
      },
    ]);
    expect(assessed).toMatchObject([{ id: 'a', final: true, vlm, decision: { label: 'fall' } }]);
    expect(assessor.open).toBe(0);
  });

  it('decides without a verdict at the deadline, and again when the verdict comes', async () => {
    const { assessor, clock, assessed } = setUp();
    assessor.consider(candidate('a', 0.99));
    await clock.advance(9_999);
    expect(assessed).toEqual([]);
    await clock.advance(1);
    expect(assessed).toMatchObject([
      {
        atMs: 10_000,
        final: false,
        finding: { verdict: 'unverified', reason: 'deadline' },
        decision: { severity: 'high', by: 'policy' },
      },
    ]);
    await clock.advance(5_000);
    await assessor.found('a', fall, vlm);
    expect(assessed[1]).toMatchObject({ final: true, finding: fall });
  });

  it('says nothing at the deadline when it has decided before', async () => {
    const { assessor, clock, assessed } = setUp();
    assessor.consider(candidate('a'));
    await assessor.found('a', fall, vlm);
    await clock.advance(20_000);
    expect(assessed).toHaveLength(1);
  });

  it('does not wait for a database that is busy', async () => {
    const { assessor, clock, tasks, assessed, loseHistory } = setUp();
    loseHistory();
    assessor.consider(candidate('a'));
    const found = assessor.found('a', fall, vlm);
    await clock.advance(1_000);
    await found;
    expect(tasks[0]?.history).toEqual({ lastHour: 0, falseAlarms: 0 });
    expect(assessed).toHaveLength(1);
  });

  it('passes on the rules of the camera, and no others', async () => {
    const { assessor, tasks } = setUp([
      { name: 'mine', cameras: ['gate'], min_severity: 'high' },
      { name: 'another', cameras: ['yard'], min_severity: 'critical' },
      {
        name: 'nights',
        schedule: { days: ['sun', 'sat'], from: '22:00', to: '06:30' },
        min_severity: 'medium',
      },
    ]);
    assessor.consider(candidate('a'));
    await assessor.found('a', fall, vlm);
    expect(tasks[0]?.rules).toEqual([
      { name: 'mine', labels: undefined, schedule: undefined, min_severity: 'high' },
      {
        name: 'nights',
        labels: undefined,
        schedule: { days: [0, 6], from: 1_320, to: 390 },
        min_severity: 'medium',
      },
    ]);
  });

  it('is settled once every candidate has its final assessment', async () => {
    const { assessor } = setUp();
    assessor.consider(candidate('a'));
    assessor.consider(candidate('b'));
    let settled = false;
    const settling = assessor.settled().then(() => (settled = true));
    await assessor.found('a', fall, vlm);
    expect(settled).toBe(false);
    await assessor.found('b', fall, vlm);
    await settling;
    expect(settled).toBe(true);
  });
});

describe('another look', () => {
  it('is taken at what was rejected and goes on, and what it finds counts', async () => {
    const { assessor, looks, decided, assessed, tasks } = setUp();
    assessor.consider(candidate('a'));
    assessor.held('a', goneOn(3));
    await assessor.found('a', nothing, vlm);
    expect(assessed).toMatchObject([{ final: false, finding: nothing }]);
    assessor.held('a', goneOn(1.8));
    assessor.held('a', goneOn(2.2, 0.99));
    assessor.held('a', goneOn(2.4, 0.99));
    expect(looks).toEqual([
      [0, false],
      [2.2, true],
    ]);
    await assessor.found('a', fall, vlm);
    expect(assessed.slice(1)).toMatchObject([{ final: true, finding: fall }]);
    expect(tasks[1]?.event.topScore).toBe(0.99);
    expect(decided).toEqual(['rejected', 'confirmed']);
    assessor.held('a', goneOn(30));
    assessor.ended('a');
    expect(assessed).toHaveLength(2);
    expect(assessor.open).toBe(0);
  });

  it('changes nothing when it finds nothing either, or cannot be taken', async () => {
    const { assessor, looks, decided, assessed } = setUp();
    assessor.consider(candidate('a'));
    await assessor.found('a', nothing, vlm);
    assessor.held('a', goneOn(2));
    await assessor.found('a', nothing, vlm);
    assessor.held('a', goneOn(6));
    await assessor.found('a', { verdict: 'unverified', reason: 'queue_full' }, null);
    expect(looks).toHaveLength(3);
    expect(assessed).toHaveLength(1);
    assessor.ended('a');
    expect(assessed[1]).toMatchObject({ final: true, finding: nothing, vlm });
    expect(decided).toEqual(['rejected']);
    expect(assessor.open).toBe(0);
  });

  it('is waited for when the anomaly ends meanwhile', async () => {
    const { assessor, assessed } = setUp();
    assessor.consider(candidate('a'));
    await assessor.found('a', nothing, vlm);
    assessor.held('a', goneOn(2));
    assessor.ended('a');
    expect(assessor.open).toBe(1);
    await assessor.found('a', fall, vlm);
    expect(assessed.at(-1)).toMatchObject({ final: true, finding: fall });
    expect(assessor.open).toBe(0);
  });

  it('is not taken at what has ended before its verdict, or was confirmed', async () => {
    const { assessor, looks, assessed } = setUp();
    assessor.consider(candidate('a'));
    assessor.ended('a');
    await assessor.found('a', nothing, vlm);
    assessor.consider(candidate('b'));
    await assessor.found('b', fall, vlm);
    assessor.held('b', goneOn(20));
    expect(looks).toHaveLength(2);
    expect(assessed.map(({ final }) => final)).toEqual([true, true]);
  });

  it('is not taken once the assessor stops, and what was rejected stands', async () => {
    const { assessor, looks, assessed } = setUp();
    assessor.consider(candidate('a'));
    await assessor.found('a', nothing, vlm);
    assessor.consider(candidate('b'));
    assessor.stop();
    assessor.held('a', goneOn(20));
    await assessor.found('b', nothing, vlm);
    await assessor.settled();
    expect(looks).toHaveLength(2);
    expect(assessed.filter(({ final }) => final).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
