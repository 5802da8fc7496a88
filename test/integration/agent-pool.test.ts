import { readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Agent } from '../../src/actors/assessment/agent.js';
import { AgentPool, type AgentPoolOptions } from '../../src/actors/assessment/agent-pool.js';
import { systemClock, wait } from '../../src/clock.js';
import { decideByPolicy } from '../../src/decision/policy.js';
import { shippedAgent } from '../support/agent-model.js';
import { confirmed, newTask, scored, unverified } from '../support/agent-task.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const pools: AgentPool[] = [];
const folder = await mkdtemp(path.join(tmpdir(), 'nunchi-agent-'));

function newPool(options: Partial<AgentPoolOptions> = {}): AgentPool {
  const pool = new AgentPool({
    model: shippedAgent(),
    threads: 1,
    queue: 4,
    clock: systemClock,
    random: () => 0,
    ...options,
  });
  pools.push(pool);
  return pool;
}

function damaged(name: string, content: Buffer, sha256?: string) {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const hash = sha256 ?? createHash('sha256').update(content).digest('hex');
  return { ...shippedAgent(), file: { path: file, sha256: hash } };
}

const flag = (value = 0): Int32Array => new Int32Array(new SharedArrayBuffer(4)).fill(value);
const shippedBytes = (): Buffer => readFileSync(shippedAgent().file.path);
/** What a thread of 256 MiB cannot take in. */
const hugeTask = () => {
  const days = Array.from({ length: 14_000_000 }, (_, index) => index + 0.5);
  return newTask({ rules: [{ name: 'Huge', schedule: { days, from: 0, to: 0 }, min_severity: 'low' }] });
};

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the pool of the agent', () => {
  it('decides by the shipped model as the policy would', async () => {
    const pool = newPool();
    expect(await pool.load()).toBeGreaterThan(0);
    const tasks = [
      newTask(),
      newTask({ finding: unverified, event: scored('high') }),
      newTask({ finding: confirmed({ label: 'fire', severity: 'critical', confidence: 0.4 }) }),
    ];
    for (const task of tasks) {
      const decision = await pool.decide(task, flag());
      const { label, severity, actions, reasoning, rule } = decideByPolicy(task);
      expect(decision).toMatchObject({ label, severity, actions, reasoning, rule });
      expect(decision).toMatchObject({ by: 'agent', fallback: null, overruled: [] });
      expect(decision.model?.sha256).toBe(shippedAgent().file.sha256);
      expect(decision.visited.map(({ node }) => node)).toEqual(['triage', 'context', 'decide', 'act']);
      expect(decision.modelMs).toBeGreaterThan(0);
    }
  });

  it('answers each of many tasks that come at once', async () => {
    const pool = newPool();
    const decided = await Promise.all([1, 2, 3, 4, 5].map(() => pool.decide(newTask(), flag())));
    expect(decided.map(({ by }) => by)).toEqual(Array(5).fill('agent'));
  });

  it('refuses what its queue has no room for', async () => {
    const pool = newPool({ queue: 1 });
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => pool.decide(newTask(), flag())));
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'agent.overloaded' } });
    expect((await pool.decide(newTask(), flag())).by).toBe('agent');
  });

  it('unloads the model and loads it again', async () => {
    const pool = newPool();
    for (let round = 0; round < 3; round += 1) {
      await pool.load();
      expect((await pool.decide(newTask(), flag())).by).toBe('agent');
      await pool.unload();
    }
    expect(pool.crashes).toBe(0);
  });

  it('gives a cancelled task up without asking the model, and goes on', async () => {
    const pool = newPool();
    await pool.load();
    const gone = await pool.decide(newTask(), flag(1));
    expect(gone).toMatchObject({ by: 'policy', rawOutput: null });
    expect(gone.fallback).toMatch(/^agent\.deadline/);
    expect((await pool.decide(newTask(), flag())).by).toBe('agent');
  });

  it('stops the model in the middle of its answer, and asks it again', async () => {
    // Free text of a model that was not trained for it takes it hundreds of steps.
    const pool = newPool({ model: { ...shippedAgent(), prompt: 'general-1', contextTokens: 4_096 } });
    await pool.load();
    const whole = await pool.decide(newTask(), flag());
    expect(whole.rawOutput).not.toBeNull();
    const cancelled = flag();
    const deciding = pool.decide(newTask(), cancelled);
    await wait(systemClock, whole.modelMs / 4);
    Atomics.store(cancelled, 0, 1);
    const cut = await deciding;
    expect(cut).toMatchObject({ by: 'policy', rawOutput: null });
    expect(cut.fallback).toMatch(/^agent\.deadline/);
    expect(cut.modelMs).toBeLessThan(whole.modelMs);
    expect((await pool.decide(newTask(), flag())).rawOutput).toBe(whole.rawOutput);
  });

  it('says what is wrong with a model file, and decides by the policy', async () => {
    const content = shippedBytes();
    const models = {
      'model.missing': {
        ...shippedAgent(),
        file: { ...shippedAgent().file, path: path.join(folder, 'none') },
      },
      'model.hash_mismatch': damaged('wrong.gguf', content, 'ab'.repeat(32)),
      'model.damaged': damaged('short.gguf', content.subarray(0, content.length - 1_000)),
    };
    for (const [code, model] of Object.entries(models)) {
      const pool = newPool({ model });
      await expect(pool.load()).rejects.toMatchObject({ code });
      const decision = await pool.decide(newTask(), flag());
      expect(decision.by).toBe('policy');
      expect(decision.fallback?.startsWith(`${code}: `), decision.fallback ?? '').toBe(true);
      expect(pool.crashes).toBe(0);
    }
  });

  it('outlives a task that takes all memory: what waits is refused, it rests, and the next one is decided', async () => {
    const clock = new SimulatedClock();
    const pool = newPool({ clock });
    await pool.load();
    const huge = pool.decide(hugeTask(), flag());
    const behind = [pool.decide(newTask(), flag()), pool.decide(newTask(), flag())];
    await expect(huge).rejects.toMatchObject({
      code: 'agent.failed',
      cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' },
    });
    for (const one of behind) await expect(one).rejects.toMatchObject({ code: 'agent.failed' });
    expect(pool.crashes).toBe(1);
    await expect(pool.decide(newTask(), flag())).rejects.toMatchObject({
      message: "the agent's thread died; it is tried again in 0.5 s",
    });
    await clock.advance(500);
    expect((await pool.decide(newTask(), flag())).by).toBe('agent');
  });

  it('closes while it is busy, once what runs has ended', async () => {
    const pool = newPool();
    await pool.load();
    const flags = [flag(), flag(), flag()];
    const deciding = flags.map((cancelled) => pool.decide(newTask(), cancelled));
    const closing = pool.close();
    for (const cancelled of flags) Atomics.store(cancelled, 0, 1);
    await closing;
    expect((await Promise.all(deciding)).length).toBe(3);
    await expect(pool.decide(newTask(), flag())).rejects.toMatchObject({ code: 'agent.failed' });
  });
});

describe('the agent with its pool', () => {
  it('has the policy decide at the deadline, and the model again afterwards', async () => {
    const pool = newPool();
    const withModel = <T>(run: () => Promise<T>): Promise<T> => run();
    const common = { clock: systemClock, pool, withModel, queue: 4 };
    // A thread and a model cannot be there within a millisecond.
    const hurried = await new Agent({ ...common, timeoutMs: 1 }).decide(newTask());
    expect(hurried).toMatchObject({ by: 'policy', severity: 'medium' });
    expect(hurried.fallback).toMatch(/^agent\.deadline/);
    const patient = await new Agent({ ...common, timeoutMs: 15_000 }).decide(newTask());
    expect(patient.by).toBe('agent');
  });

  it('stops in the middle of decisions', async () => {
    const pool = newPool();
    const withModel = <T>(run: () => Promise<T>): Promise<T> => run();
    const agent = new Agent({ clock: systemClock, pool, withModel, queue: 4, timeoutMs: 15_000 });
    const child = await agent.start();
    await pool.load();
    const deciding = [1, 2, 3].map(() => agent.decide(newTask()));
    await wait(systemClock, 5);
    await child.stop(10_000);
    for (const decision of await Promise.all(deciding)) expect(decision.severity).toBe('medium');
  });
});
