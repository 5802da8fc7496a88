import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Thread } from '../../src/actors/kernel/thread.js';
import { systemClock } from '../../src/clock.js';

interface EchoApi {
  greet(name: string): Promise<string>;
  bytes(length: number): Promise<ArrayBuffer>;
  refuse(): Promise<void>;
  blunder(): Promise<void>;
  hang(): Promise<void>;
  crash(): Promise<void>;
  leave(): Promise<void>;
  report(): Promise<void>;
  stop(): Promise<void>;
}

const entry = new URL('../support/echo.worker.mjs', import.meta.url);
const threads: Thread<EchoApi>[] = [];

function start(greeting = 'hello'): Thread<EchoApi> {
  const thread = new Thread<EchoApi>({ entry, name: 'echo', data: { greeting }, clock: systemClock });
  threads.push(thread);
  return thread;
}

afterEach(async () => {
  await Promise.allSettled(threads.splice(0).map((thread) => thread.stop(500)));
});

describe('Thread', () => {
  it('answers calls, and moves a buffer that is the answer', async () => {
    const thread = start();
    expect(await thread.call('greet', ['you'], 5_000)).toBe('hello you');
    expect(new Uint8Array(await thread.call('bytes', [3], 5_000))).toEqual(new Uint8Array([7, 7, 7]));
  });

  it('an expected failure keeps its code, its data and its cause', async () => {
    await expect(start().call('refuse', [], 5_000)).rejects.toMatchObject({
      code: 'camera.open_failed',
      kind: 'unavailable',
      data: { port: 554 },
      cause: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('anything else that is thrown is a bug', async () => {
    await expect(start().call('blunder', [], 5_000)).rejects.toMatchObject({ code: 'bug' });
  });

  it('a call that is not answered ends at its deadline, and the thread goes on', async () => {
    const thread = start();
    await expect(thread.call('hang', [], 50)).rejects.toMatchObject({ code: 'thread.deadline' });
    expect(await thread.call('greet', ['still'], 5_000)).toBe('hello still');
  });

  it.each(['crash', 'leave'] as const)(
    'calls under way and later ones fail at once when the thread ends: %s',
    async (how) => {
      const thread = start();
      const hanging = expect(thread.call('hang', [], 60_000)).rejects.toMatchObject({ code: 'thread.lost' });
      await thread.call(how, [], 5_000).catch(() => undefined);
      await hanging;
      expect((await thread.exited).error).toMatchObject({ code: 'thread.lost' });
      await expect(thread.call('greet', ['late'], 60_000)).rejects.toMatchObject({ code: 'thread.lost' });
    },
  );

  it('a crash tells what was thrown', async () => {
    const thread = start();
    void thread.call('crash', [], 5_000).catch(() => undefined);
    expect((await thread.exited).error?.message).toContain('crashed');
  });

  it('stop asks, waits for the end, and is no failure', async () => {
    const thread = start();
    await thread.stop(5_000);
    expect(await thread.exited).toEqual({ error: null });
  });

  it('says so when a thread does not stop', async () => {
    const thread = start('deaf');
    await thread.call('greet', ['you'], 5_000);
    await expect(thread.stop(50)).rejects.toMatchObject({ code: 'thread.deadline' });
    await thread.call('leave', [], 5_000).catch(() => undefined);
    await thread.exited;
  });

  it('carries messages beside calls', async () => {
    const thread = start();
    const message = once(thread.events, 'message');
    await thread.call('report', [], 5_000);
    expect(await message).toEqual([{ type: 'report' }]);
  });
});
