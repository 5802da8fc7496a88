import { describe, expect, it } from 'vitest';
import { newTask, rejected, scored, unverified } from '../../../test/support/agent-task.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { AgentTask, Decision } from '../../decision/decision.js';
import { decideByPolicy } from '../../decision/policy.js';
import { AppError } from '../../errors.js';
import { Agent, type AgentOptions } from './agent.js';

/** A pool whose decisions are made by hand. */
class HeldPool {
  readonly held: {
    cancelled: Int32Array;
    resolve: (decision: Decision) => void;
    reject: (e: Error) => void;
  }[] = [];
  closed = false;

  decide(_task: AgentTask, cancelled: Int32Array): Promise<Decision> {
    return new Promise((resolve, reject) => {
      this.held.push({ cancelled, resolve, reject });
    });
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function newAgent(options: Partial<AgentOptions> = {}) {
  const clock = new SimulatedClock();
  const pool = new HeldPool();
  const withModel = <T>(run: () => Promise<T>): Promise<T> => run();
  const agent = new Agent({ clock, pool, withModel, timeoutMs: 5_000, queue: 2, ...options });
  return { agent, clock, pool };
}

const byModel: Decision = { ...decideByPolicy(newTask()), by: 'agent', reasoning: 'By the model.' };

describe('the agent', () => {
  it('hands on what the model decides', async () => {
    const { agent, pool } = newAgent();
    const deciding = agent.decide(newTask());
    pool.held[0]?.resolve(byModel);
    expect(await deciding).toEqual(byModel);
    expect(agent.counters).toEqual({ decided: 1, fallbacks: 0, overruled: 0 });
    expect(agent.open).toBe(0);
  });

  it('decides by the policy at the deadline, and asks the thread to stop', async () => {
    const { agent, clock, pool } = newAgent();
    const deciding = agent.decide(newTask({ event: scored('high') }));
    await clock.advance(4_999);
    expect(pool.held[0]?.cancelled[0]).toBe(0);
    await clock.advance(1);
    expect(await deciding).toMatchObject({
      by: 'policy',
      severity: 'high',
      fallback: 'agent.deadline: no decision within 5.0 s',
    });
    expect(pool.held[0]?.cancelled[0]).toBe(1);
    expect(agent.counters).toMatchObject({ decided: 1, fallbacks: 1 });
  });

  it('counts the wait for the model into the deadline', async () => {
    const { agent, clock, pool } = newAgent({ withModel: () => new Promise(() => undefined) });
    const deciding = agent.decide(newTask());
    await clock.advance(5_000);
    expect((await deciding).fallback).toMatch(/^agent\.deadline/);
    expect(pool.held).toHaveLength(0);
  });

  it('decides by the policy when the model cannot be loaded', async () => {
    const refused = new AppError('model.over_budget', 'no room for the agent');
    const { agent } = newAgent({ withModel: () => Promise.reject(refused) });
    expect(await agent.decide(newTask())).toMatchObject({
      by: 'policy',
      fallback: 'model.over_budget: no room for the agent',
    });
  });

  it('decides by the policy when the thread is lost, and asks it again next time', async () => {
    const { agent, pool } = newAgent();
    const first = agent.decide(newTask());
    pool.held[0]?.reject(new AppError('agent.failed', "the agent's thread was lost"));
    expect((await first).fallback).toBe("agent.failed: the agent's thread was lost");
    const second = agent.decide(newTask());
    pool.held[1]?.resolve(byModel);
    expect((await second).by).toBe('agent');
  });

  it('lets no more wait than its queue holds', async () => {
    const { agent, pool } = newAgent();
    const waiting = [1, 2, 3].map(() => agent.decide(newTask()));
    expect((await agent.decide(newTask())).fallback).toMatch(/^agent\.overloaded/);
    expect(pool.held).toHaveLength(3);
    for (const { resolve } of pool.held) resolve(byModel);
    expect((await Promise.all(waiting)).map(({ by }) => by)).toEqual(['agent', 'agent', 'agent']);
    expect(agent.open).toBe(0);
  });

  it('goes on refusing while a hung thread holds its queue, and never waits for it', async () => {
    const { agent, clock } = newAgent();
    const hung = [1, 2, 3].map(() => agent.decide(newTask()));
    await clock.advance(5_000);
    await Promise.all(hung);
    expect(agent.open).toBe(3);
    expect((await agent.decide(newTask())).fallback).toMatch(/^agent\.overloaded/);
  });

  it('does not wake the model for what needs none', async () => {
    const { agent, pool } = newAgent();
    expect(await agent.decide(newTask({ finding: rejected() }))).toMatchObject({
      by: 'policy',
      fallback: null,
    });
    expect(pool.held).toHaveLength(0);
  });

  it('decides by the policy, and calls that no fallback, when there is no model', async () => {
    const { agent } = newAgent({ pool: null });
    expect(await agent.decide(newTask({ finding: unverified }))).toMatchObject({
      by: 'policy',
      rule: 'unverified',
      fallback: null,
    });
  });

  it('decides what is open by the policy when it stops, and closes the pool', async () => {
    const { agent, pool } = newAgent();
    const child = await agent.start();
    const deciding = agent.decide(newTask());
    await child.stop(1_000);
    expect((await deciding).fallback).toBe('agent.failed: the process stops');
    expect(pool.held[0]?.cancelled[0]).toBe(1);
    expect(pool.closed).toBe(true);
    expect(await child.exited).toBeNull();
    expect((await agent.decide(newTask())).fallback).toBe('agent.failed: the process stops');
  });
});
