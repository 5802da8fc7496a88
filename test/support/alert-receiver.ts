import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { WebhookBody } from '../../src/channels/webhook-body.js';

export interface Received {
  /** As in the request, such as `/good`. */
  path: string;
  /** Of the message. */
  id: string;
  /** `performance.now()` when its body was there. */
  atMs: number;
  body: WebhookBody;
}

type Answer = (reply: ServerResponse, received: Received) => void;

const takeIt: Answer = (reply) => reply.end();

/** One server of many webhooks, told apart by their paths; messages whose signature does not hold are refused. */
export class AlertReceiver {
  readonly received: Received[] = [];
  /** Answers by path; what has none is taken. */
  readonly answers = new Map<string, Answer>();
  /** Signs what it takes. */
  readonly secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, reply) => {
      void text(request).then((raw) => {
        const headers = request.headers as Record<string, string>;
        const body = new Webhook(this.secret).verify(raw, headers) as WebhookBody;
        const { url: path = '' } = request;
        const received = { path, id: headers['webhook-id'] ?? '', atMs: performance.now(), body };
        this.received.push(received);
        (this.answers.get(path) ?? takeIt)(reply, received);
      });
    });
  }

  /** Returns its port on 127.0.0.1. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  of(path: string): Received[] {
    return this.received.filter((message) => message.path === path);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A port of 127.0.0.1 that refuses connections. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
