import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { GpuQueue, type GpuJob } from './gpu-queue.js';

function job<T>(name: string, priority: number, run: () => Promise<T>, deadlineMs = 1_000): GpuJob<T> {
  return { name, priority: priority as GpuJob<T>['priority'], deadlineMs, run };
}

describe('GpuQueue', () => {
  it('never runs two jobs at once, and takes them by priority, then by arrival', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }), async (priorities) => {
        const queue = new GpuQueue(new SimulatedClock(), 100);
        const order: number[] = [];
        let running = 0;
        let openGate = (): void => undefined;
        const gate = queue.run(job('gate', 0, () => new Promise<void>((resolve) => (openGate = resolve))));
        const jobs = priorities.map((priority, i) =>
          queue.run(
            job(String(i), priority, async () => {
              running += 1;
              expect(running).toBe(1);
              await Promise.resolve();
              order.push(i);
              running -= 1;
            }),
          ),
        );
        await Promise.resolve();
        openGate();
        await Promise.all([gate, ...jobs]);
        const expected = priorities
          .map((priority, i) => ({ priority, i }))
          .sort((a, b) => a.priority - b.priority || a.i - b.i)
          .map(({ i }) => i);
        expect(order).toEqual(expected);
      }),
    );
  });

  it('goes on after a job that throws', async () => {
    const queue = new GpuQueue(new SimulatedClock(), 10);
    await expect(queue.run(job('bad', 0, () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    expect(await queue.run(job('good', 0, () => Promise.resolve(1)))).toBe(1);
  });

  it('fails a job that hangs, but lets no other onto the context meanwhile', async () => {
    const clock = new SimulatedClock();
    const queue = new GpuQueue(clock, 10);
    let finish = (): void => undefined;
    let secondRan = false;
    const hung = expect(
      queue.run(job('hung', 0, () => new Promise<void>((resolve) => (finish = resolve)), 100)),
    ).rejects.toMatchObject({ code: 'gpu.deadline' });
    const second = queue.run(job('second', 0, () => Promise.resolve((secondRan = true)), 10_000));
    await clock.advance(100);
    await hung;
    expect(secondRan).toBe(false);
    finish();
    await second;
    expect(secondRan).toBe(true);
  });

  it('drops a job whose deadline passes while it waits, and gives its place to another', async () => {
    const clock = new SimulatedClock();
    const queue = new GpuQueue(clock, 1);
    let finish = (): void => undefined;
    let lateRan = false;
    const running = queue.run(job('running', 0, () => new Promise<void>((resolve) => (finish = resolve))));
    const late = expect(
      queue.run(job('late', 0, () => Promise.resolve((lateRan = true)), 100)),
    ).rejects.toMatchObject({ code: 'gpu.deadline' });
    await clock.advance(100);
    await late;
    const next = queue.run(job('next', 0, () => Promise.resolve('next')));
    finish();
    expect(await next).toBe('next');
    await running;
    expect(lateRan).toBe(false);
  });

  it('refuses more than may wait', async () => {
    const queue = new GpuQueue(new SimulatedClock(), 1);
    let finish = (): void => undefined;
    const running = queue.run(job('running', 0, () => new Promise<void>((resolve) => (finish = resolve))));
    const waiting = queue.run(job('waiting', 0, () => Promise.resolve()));
    await expect(queue.run(job('third', 0, () => Promise.resolve()))).rejects.toMatchObject({
      code: 'gpu.overloaded',
    });
    finish();
    await Promise.all([running, waiting]);
    expect(queue.highWater).toBe(1);
  });
});
