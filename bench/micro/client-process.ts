/** A process of clients, so that what they cost is not counted as the server's. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What the process is told to do, and answers with a number: frames received, or requests answered. */
export type ClientTask =
  | { type: 'watch'; url: string; clients: number; subscribe: string | null }
  | { type: 'received' }
  | { type: 'leave' }
  | { type: 'ask'; url: string; host: string; paths: string[]; requests: number; connections: number };

export interface ClientProcess {
  /** Rejects when the process is gone. */
  run(task: ClientTask): Promise<number>;
  close(): Promise<void>;
}

export function startClients(): ClientProcess {
  const child = fork(new URL('clients.process.ts', import.meta.url));
  const exited = once(child, 'exit');
  return {
    async run(task) {
      child.send(task);
      const answer = once(child, 'message') as Promise<[number]>;
      const gone = exited.then(() => {
        throw new Error('the process of the clients has ended');
      });
      const [count] = await Promise.race([answer, gone]);
      return count;
    },
    async close() {
      child.disconnect();
      await exited;
    },
  };
}
