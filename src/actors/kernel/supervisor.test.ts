import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { AppError } from '../../errors.js';
import { threadRestartPolicy } from './restart-policy.js';
import { Supervisor, type Child, type ChildSpec, type SupervisorEvent } from './supervisor.js';

class FakeChild implements Child {
  exit: (error: AppError | null) => void = () => undefined;
  readonly exited = new Promise<AppError | null>((resolve) => (this.exit = resolve));
  constructor(private readonly onStop: () => Promise<void> = () => Promise.resolve()) {}
  async stop(): Promise<void> {
    await this.onStop();
    this.exit(null);
  }
}

function setUp() {
  const clock = new SimulatedClock();
  const events: SupervisorEvent[] = [];
  const supervisor = new Supervisor({ clock, random: () => 0, onEvent: (event) => events.push(event) });
  const started = new Map<string, FakeChild[]>();
  const spec = (id: string, more: Partial<ChildSpec> = {}): ChildSpec => ({
    id,
    stage: id,
    policy: threadRestartPolicy,
    onGiveUp: 'quarantine',
    shutdownMs: 1_000,
    start() {
      const child = new FakeChild();
      started.set(id, [...(started.get(id) ?? []), child]);
      return Promise.resolve(child);
    },
    ...more,
  });
  const crash = async (id: string): Promise<void> => {
    started.get(id)?.at(-1)?.exit(new AppError('thread.lost', 'died'));
    await clock.advance(0);
  };
  return { clock, events, supervisor, started, spec, crash };
}

describe('Supervisor', () => {
  it('restarts the child that failed, alone, after the first delay', async () => {
    const { clock, supervisor, started, spec, crash } = setUp();
    await supervisor.add(spec('a'));
    await supervisor.add(spec('b'));
    await crash('a');
    expect(supervisor.state('a')).toBe('backing_off');
    await clock.advance(499);
    expect(started.get('a')).toHaveLength(1);
    await clock.advance(2);
    expect(started.get('a')).toHaveLength(2);
    expect(started.get('b')).toHaveLength(1);
    expect(supervisor.state('a')).toBe('running');
  });

  it('quarantines a child at its fifth death in ten minutes and leaves the others alone', async () => {
    const { clock, supervisor, started, spec, crash, events } = setUp();
    await supervisor.add(spec('poison'));
    await supervisor.add(spec('well'));
    for (let death = 1; death <= 5; death += 1) {
      await crash('poison');
      await clock.advance(20_000);
    }
    expect(supervisor.state('poison')).toBe('quarantined');
    expect(started.get('poison')).toHaveLength(5);
    expect(supervisor.state('well')).toBe('running');
    expect(events.at(-1)).toMatchObject({ type: 'gaveUp', id: 'poison', failures: 5, escalated: false });
  });

  it('forgets deaths that lie further back than the window', async () => {
    const { clock, supervisor, spec, crash } = setUp();
    await supervisor.add(spec('a'));
    for (let death = 1; death <= 8; death += 1) {
      await crash('a');
      await clock.advance(200_000);
    }
    expect(supervisor.state('a')).toBe('running');
  });

  it('says so when a child it cannot do without is given up', async () => {
    const { clock, supervisor, spec, crash, events } = setUp();
    await supervisor.add(spec('store', { onGiveUp: 'escalate' }));
    for (let death = 1; death <= 5; death += 1) {
      await crash('store');
      await clock.advance(20_000);
    }
    expect(events.at(-1)).toMatchObject({ type: 'gaveUp', escalated: true });
  });

  it('counts a restart that fails as another exit', async () => {
    const { clock, supervisor, spec, crash, events } = setUp();
    let starts = 0;
    const start = (): Promise<Child> => {
      starts += 1;
      if (starts === 2) return Promise.reject(new Error('port gone'));
      return Promise.resolve(new FakeChild());
    };
    const first = spec('a');
    await supervisor.add({
      ...first,
      start: () => (starts === 0 ? first.start().finally(() => (starts = 1)) : start()),
    });
    await crash('a');
    await clock.advance(500);
    expect(events.at(-1)).toMatchObject({ type: 'failed', restartInMs: 1_000 });
    await clock.advance(1_000);
    expect(supervisor.state('a')).toBe('running');
  });

  it('throws what the first start throws and forgets the child', async () => {
    const { supervisor, spec } = setUp();
    const broken = spec('a', { start: () => Promise.reject(new AppError('store.locked', 'in use')) });
    await expect(supervisor.add(broken)).rejects.toThrow('in use');
    await supervisor.add(spec('a'));
  });

  it('stops stages in the reverse of their start, and children of a stage together', async () => {
    const { supervisor, spec } = setUp();
    const stopped: string[] = [];
    let release = (): void => undefined;
    const bothAsked = new Promise<void>((resolve) => (release = resolve));
    const child = (id: string, stage: string): ChildSpec =>
      spec(id, {
        stage,
        start: () =>
          Promise.resolve(
            new FakeChild(async () => {
              stopped.push(id);
              if (stopped.length === 2) release();
              if (stage === 'cameras') await bothAsked;
            }),
          ),
      });
    await supervisor.add(child('store', 'store'));
    await supervisor.add(child('gpu', 'gpu'));
    await supervisor.add(child('camera 1', 'cameras'));
    await supervisor.add(child('camera 2', 'cameras'));
    expect(await supervisor.stop()).toEqual([]);
    expect(stopped).toEqual(['camera 1', 'camera 2', 'gpu', 'store']);
  });

  it('names the children that do not stop and goes on with the others', async () => {
    const { supervisor, spec } = setUp();
    const deaf = new FakeChild(() => Promise.reject(new AppError('thread.deadline', 'deaf')));
    await supervisor.add(spec('a'));
    await supervisor.add(spec('deaf', { start: () => Promise.resolve(deaf) }));
    expect(await supervisor.stop()).toEqual(['deaf']);
    expect(supervisor.state('a')).toBeUndefined();
  });

  it('never runs a child twice at once, and starts it as often as it failed, until it gives up', async () => {
    const step = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      waitMs: fc.integer({ min: 0, max: 60_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { clock, supervisor, started, spec, crash, events } = setUp();
        for (const id of ['a', 'b', 'c']) await supervisor.add(spec(id));
        for (const { id, waitMs } of steps) {
          if (supervisor.state(id) === 'running') await crash(id);
          await clock.advance(waitMs);
        }
        await clock.advance(40_000);
        for (const id of ['a', 'b', 'c']) {
          const failures = events.filter((event) => event.type === 'failed' && event.id === id).length;
          const quarantined = supervisor.state(id) === 'quarantined';
          expect(started.get(id)).toHaveLength(1 + failures);
          expect(supervisor.state(id)).toBe(quarantined ? 'quarantined' : 'running');
          if (quarantined)
            expect(events).toContainEqual(expect.objectContaining({ type: 'gaveUp', id, failures: 5 }));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not restart a child that is being removed while it backs off', async () => {
    const { clock, supervisor, started, spec, crash } = setUp();
    await supervisor.add(spec('a'));
    await crash('a');
    await supervisor.remove('a');
    await clock.advance(60_000);
    expect(started.get('a')).toHaveLength(1);
  });

  it('stops a child whose first start is still under way once it has started', async () => {
    const { supervisor, events, spec } = setUp();
    const child = new FakeChild();
    let started: () => void = () => undefined;
    const start = () =>
      new Promise<Child>((resolve) => {
        started = () => {
          resolve(child);
        };
      });
    const added = supervisor.add(spec('slow', { start }));
    const removed = supervisor.remove('slow');
    started();
    await Promise.all([added, removed]);
    expect(events.map(({ type }) => type)).toEqual(['started', 'ended']);
    expect(supervisor.state('slow')).toBeUndefined();
  });

  it('has told of the end of a child that it removed, so that another of its name can come', async () => {
    const { supervisor, events, spec } = setUp();
    await supervisor.add(spec('a'));
    await supervisor.remove('a');
    await supervisor.add(spec('a'));
    expect(events.map(({ type }) => type)).toEqual(['started', 'ended', 'started']);
  });

  it('starts nothing any more once it stops', async () => {
    const { supervisor, spec } = setUp();
    await supervisor.stop();
    await expect(supervisor.add(spec('late'))).rejects.toMatchObject({ code: 'service.stopping' });
  });

  it('stops a stage in the place that was reserved for it', async () => {
    const { supervisor, spec } = setUp();
    const stopped: string[] = [];
    const child = (id: string) => ({
      start: () =>
        Promise.resolve(
          new FakeChild(() => {
            stopped.push(id);
            return Promise.resolve();
          }),
        ),
    });
    supervisor.reserve('first');
    await supervisor.add(spec('second', child('second')));
    await supervisor.add(spec('first', child('first')));
    await supervisor.stop();
    expect(stopped).toEqual(['second', 'first']);
  });
});
