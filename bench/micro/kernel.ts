/** What the kernel costs a message: mailbox and actor against an array and a call, a supervised child against a bare one. */
import { spawnActor } from '../../src/actors/kernel/actor.js';
import { Mailbox } from '../../src/actors/kernel/mailbox.js';
import { threadRestartPolicy } from '../../src/actors/kernel/restart-policy.js';
import { Supervisor, type Child } from '../../src/actors/kernel/supervisor.js';
import { systemClock } from '../../src/clock.js';
import { cpuMsPerCall, interleaved, needsNothing, type Benchmark, type Effort } from './measure.js';

const MESSAGES = 200_000;
const CHILDREN = 4_000;
/** Messages that are held at once. */
const DEPTH = 8;
const US_PER_MS = 1_000;

interface Message {
  value: number;
}

export const kernel: Benchmark = {
  name: 'kernel',
  missing: needsNothing,
  async measure(effort) {
    const unit = 'CPU µs a message';
    const common = { better: 'lower', target: null } as const;
    return [
      { ...common, unit, name: 'mailbox against a bare array', ...(await mailboxes(effort)) },
      { ...common, unit, name: 'actor against an awaited call', ...(await actors(effort)) },
      {
        ...common,
        unit: 'CPU µs from start to end',
        name: 'supervised child against a bare one',
        ...(await children(effort)),
      },
    ];
  },
};

function mailboxes({ rounds, size }: Effort) {
  const batches = Math.round((MESSAGES * size) / DEPTH);
  const mailbox = new Mailbox<Message>({ capacity: DEPTH, overflow: 'wait' });
  const array: Message[] = [];
  let sum = 0;
  const inBatches = async (put: (message: Message) => unknown, take: () => Message | undefined) => {
    const cpuMs = await cpuMsPerCall(1, () => {
      for (let batch = 0; batch < batches; batch += 1) {
        for (let value = 0; value < DEPTH; value += 1) put({ value });
        for (let value = 0; value < DEPTH; value += 1) sum += take()?.value ?? NaN;
      }
    });
    if (!Number.isFinite(sum)) throw new Error('a message was lost');
    return (cpuMs / batches / DEPTH) * US_PER_MS;
  };
  return interleaved(rounds, {
    ours: () =>
      inBatches(
        (message) => mailbox.offer(message),
        () => mailbox.tryTake(),
      ),
    baseline: () =>
      inBatches(
        (message) => array.push(message),
        () => array.shift(),
      ),
  });
}

async function actors({ rounds, size }: Effort) {
  const messages = Math.round(MESSAGES * size);
  const receive = (sum: number, { value }: Message): Promise<number> => Promise.resolve(sum + value);
  const figures = await interleaved(rounds, {
    ours: () =>
      perMessage(messages, async () => {
        const actor = spawnActor({
          name: 'sum',
          mailbox: { capacity: DEPTH, overflow: 'wait' },
          initial: 0,
          receive,
        });
        for (let value = 0; value < messages; value += 1) await actor.put({ value });
        await actor.stop();
      }),
    baseline: () =>
      perMessage(messages, async () => {
        let sum = 0;
        for (let value = 0; value < messages; value += 1) sum = await receive(sum, { value });
        return sum;
      }),
  });
  return figures;
}

function children({ rounds, size }: Effort) {
  const count = Math.round(CHILDREN * size);
  const supervisor = new Supervisor({ clock: systemClock, random: Math.random, onEvent: () => undefined });
  const spec = {
    id: 'child',
    stage: 'stage',
    start: startChild,
    policy: threadRestartPolicy,
    onGiveUp: 'quarantine',
    shutdownMs: 1_000,
  } as const;
  return interleaved(rounds, {
    ours: () =>
      perMessage(count, async () => {
        for (let child = 0; child < count; child += 1) {
          await supervisor.add(spec);
          await supervisor.remove(spec.id);
        }
      }),
    baseline: () =>
      perMessage(count, async () => {
        for (let at = 0; at < count; at += 1) {
          const child = await startChild();
          await child.stop(spec.shutdownMs);
          await child.exited;
        }
      }),
  });
}

function startChild(): Promise<Child> {
  let end = (): void => undefined;
  const exited = new Promise<null>((resolve) => {
    end = () => {
      resolve(null);
    };
  });
  return Promise.resolve({
    exited,
    stop() {
      end();
      return Promise.resolve();
    },
  });
}

async function perMessage(messages: number, run: () => Promise<unknown>): Promise<number> {
  return ((await cpuMsPerCall(1, run)) / messages) * US_PER_MS;
}
