/** The API in a process of its own: an adapter puts its own Request and Response in place of everybody's. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface ApiServer {
  url: string;
  /** CPU time of its process so far, milliseconds. */
  cpuMs(): Promise<number>;
  close(): Promise<void>;
}

/** How the application meets the socket. */
export type ApiAdapter = 'uws' | 'node';

export async function startApiServer(adapter: ApiAdapter): Promise<ApiServer> {
  const child = fork(new URL('api-server.process.ts', import.meta.url), [adapter]);
  const exited = once(child, 'exit');
  const gone = exited.then(() => {
    throw new Error(`the server (${adapter}) has ended`);
  });
  const told = async (): Promise<number> => {
    const [number] = (await Promise.race([once(child, 'message'), gone])) as [number];
    return number;
  };
  const port = await told();
  return {
    url: `http://localhost:${port}`,
    async cpuMs() {
      const answer = told();
      child.send('cpu');
      return answer;
    },
    async close() {
      gone.catch(() => undefined);
      child.disconnect();
      await exited;
    },
  };
}
