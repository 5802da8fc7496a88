import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import type { AnomalyEvent } from '../../src/event.js';
import { packagePath } from '../../src/paths.js';
import { answered, apiClient, type ApiClient } from './api-client.js';

const START_MS = 30_000;

export type AnsweredCamera = Awaited<ReturnType<Product['camera']>>;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The real product in a process of its own, as a user starts it. */
export class Product {
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  #stderr = '';
  #url = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stderr?.on(
      'data',
      (text: Buffer) => (this.#stderr = (this.#stderr + text.toString()).slice(-200_000)),
    );
    this.exited = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  /** Starts it with a free port and resolves once it says that it listens; throws with its log if it ends instead. */
  static async start(
    args: readonly string[],
    environment: Record<string, string> = {},
    entry: 'main' | 'launcher' = 'main',
  ): Promise<Product> {
    const child = spawn(process.execPath, [packagePath(`dist/${entry}.js`), '--port', '0', ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const product = new Product(child);
    let stdout = '';
    const listening = new Promise<string>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        stdout += text.toString();
        const url = /^listening on (http:\S+)$/m.exec(stdout)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    const early = product.exited.then((exit) => {
      throw new Error(`ended before listening: ${JSON.stringify(exit)}\n${product.log}`);
    });
    early.catch(() => undefined);
    const late = AbortSignal.timeout(START_MS);
    const tooLate = once(late, 'abort').then(() => {
      throw new Error(`not listening after ${START_MS} ms\n${product.log}`);
    });
    product.#url = await Promise.race([listening, early, tooLate]);
    return product;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get url(): string {
    return this.#url;
  }

  /** Typed by the API's own document. */
  get api(): ApiClient {
    return apiClient(this.#url);
  }

  /** What it wrote to stderr: JSON lines. */
  get log(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Asks it to stop and waits for its end. */
  async stop(): Promise<Exit> {
    this.kill('SIGTERM');
    return this.exited;
  }

  /** For what the API's document leaves open. */
  async get<T>(route: string): Promise<T> {
    const response = await fetch(this.#url + route);
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async cameras() {
    return (await answered(this.api.GET('/api/cameras'))).cameras;
  }

  async camera(id: string) {
    return answered(this.api.GET('/api/cameras/{id}', { params: { path: { id } } }));
  }

  async events(): Promise<AnomalyEvent[]> {
    return (await this.get<{ events: AnomalyEvent[] }>('/api/events?limit=500')).events;
  }

  /** The newest 50, newest first. */
  async alerts() {
    return (await answered(this.api.GET('/api/alerts'))).alerts;
  }

  async channels() {
    return (await answered(this.api.GET('/api/alerts/channels'))).channels;
  }

  /** A WebSocket that has said `message` already. */
  async socket(message: object): Promise<WebSocket> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/ws`);
    await once(socket, 'open');
    socket.send(JSON.stringify(message));
    return socket;
  }
}

export function temporaryDir(name: string): string {
  return mkdtempSync(path.join(os.tmpdir(), `nunchi-${name}-`));
}

/** Asks again until the answer is there; for states that only polling shows. Throws after `deadlineMs`. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  deadlineMs: number,
  periodMs = 100,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, periodMs));
  }
}
