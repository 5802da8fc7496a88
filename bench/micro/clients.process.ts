/** Clients of the servers that are measured; see {@link ClientTask}. Ends when its parent lets go of it. */
import { once } from 'node:events';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import type { ClientTask } from './client-process.js';

let sockets: WebSocket[] = [];
let received = 0;

process.on('message', (task: ClientTask) => {
  void obey(task).then((count) => process.send?.(count));
});

async function obey(task: ClientTask): Promise<number> {
  switch (task.type) {
    case 'watch':
      received = 0;
      sockets = await Promise.all(
        Array.from({ length: task.clients }, () => watch(task.url, task.subscribe)),
      );
      return sockets.length;
    case 'received':
      return received;
    case 'leave':
      for (const socket of sockets) socket.terminate();
      return 0;
    case 'ask':
      return ask(task);
  }
}

/** Resolves when the server serves it. */
async function watch(url: string, subscribe: string | null): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (_data, isBinary) => {
    if (isBinary) received += 1;
  });
  await once(socket, 'open');
  if (subscribe === null) return socket;
  socket.send(subscribe);
  await once(socket, 'message');
  return socket;
}

/** As many requests at once as there are connections, which stay open. */
async function ask({ url, host, paths, requests, connections }: Extract<ClientTask, { type: 'ask' }>) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  let sent = 0;
  let answered = 0;
  const client = async (): Promise<void> => {
    while (sent < requests) {
      const path = paths[sent % paths.length] ?? '/';
      sent += 1;
      const { statusCode, body } = await pool.request({ path, method: 'GET', headers: { host } });
      await body.arrayBuffer();
      if (statusCode === 200) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  await pool.close();
  return answered;
}
