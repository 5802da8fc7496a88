import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/alert-rig.js';

const childScript = fileURLToPath(new URL('../support/alert-child.mjs', import.meta.url));
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const EVENTS = 5;

interface Taken {
  id: string;
  camera: string;
}

let dataDir: string;
let server: Server;
let url: string;
/** What to do with a request whose body has arrived and whose signature holds. */
let answer: (message: Taken, response: ServerResponse) => void;
let child: ChildProcess | null = null;

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const headers = request.headers as Record<string, string>;
  const { data } = new Webhook(secret).verify(body, headers) as { data: { events: { camera: string }[] } };
  answer({ id: String(request.headers['webhook-id']), camera: data.events[0]?.camera ?? '' }, response);
}

beforeEach(async () => {
  dataDir = temporaryFolder();
  server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  await kill();
  server.closeAllConnections();
  server.close();
  rmSync(dataDir, { recursive: true });
});

/** Its output begins once all events are decided on. */
function start(events: number): Readable {
  const args = [childScript, dataDir, url, secret, String(events)];
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  return started.stdout;
}

async function kill(): Promise<void> {
  if (child === null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  child = null;
}

describe('alerts after SIGKILL in mid-send', () => {
  it('arrive all, the one that was under way under the same id as before', { timeout: 60_000 }, async () => {
    const interrupted = new Promise<Taken>((resolve) => {
      // Without an answer: the process is killed meanwhile.
      answer = resolve;
    });
    const decided = once(start(EVENTS), 'data');
    const [first] = await Promise.all([interrupted, decided]);
    await kill();

    const taken: Taken[] = [];
    answer = (message, response) => {
      taken.push(message);
      response.end();
    };
    start(0);
    await vi.waitFor(() => {
      expect(taken).toHaveLength(EVENTS);
    }, 30_000);
    expect(taken).toContainEqual(first);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(EVENTS);
    expect(taken.map(({ camera }) => camera).sort()).toEqual(
      Array.from({ length: EVENTS }, (_, i) => `camera-${i}`),
    );
  });
});
