import { describe, expect, it } from 'vitest';
import { spawnActor } from './actor.js';

const mailbox = { capacity: 10, overflow: 'dropNewest' } as const;

describe('spawnActor', () => {
  it('handles one message at a time, in order, on its own state', async () => {
    const log: string[] = [];
    const actor = spawnActor<number, string>({
      name: 'counter',
      mailbox,
      initial: 0,
      async receive(count, message) {
        log.push(`begin ${message}`);
        await Promise.resolve();
        log.push(`end ${message} ${count + 1}`);
        return count + 1;
      },
    });
    actor.cast('a');
    actor.cast('b');
    await actor.stop();
    expect(log).toEqual(['begin a', 'end a 1', 'begin b', 'end b 2']);
    expect(await actor.exited).toBeNull();
  });

  it('a throw ends the actor and tells why; later messages are dropped', async () => {
    const actor = spawnActor<null, string>({
      name: 'fragile',
      mailbox,
      initial: null,
      receive() {
        throw new Error('boom');
      },
    });
    actor.cast('a');
    const error = await actor.exited;
    expect(error).toMatchObject({ code: 'bug', message: 'boom' });
    expect(actor.cast('b')).toBe('dropped');
  });
});
