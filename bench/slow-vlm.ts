import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const verdict = {
  label: 'vehicle',
  severity: 'high',
  confidence: 0.8,
  description: 'Something large crosses the picture.',
  evidence: [],
};

/** An OpenAI-compatible server that takes `answerMs` for each verdict, one after the other, as one accelerator would. */
export class SlowVlm {
  readonly #server: Server;
  asked = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(answerMs: number): Promise<SlowVlm> {
    let lastTurn: Promise<unknown> = Promise.resolve();
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        vlm.asked += 1;
        lastTurn = lastTurn.then(() => new Promise((resolve) => setTimeout(resolve, answerMs)));
        void lastTurn.then(() => {
          const message = { role: 'assistant', content: JSON.stringify(verdict) };
          response.setHeader('content-type', 'application/json');
          response.end(
            JSON.stringify({
              choices: [{ index: 0, message, finish_reason: 'stop' }],
              usage: { completion_tokens: 40 },
            }),
          );
        });
      });
    });
    const vlm = new SlowVlm(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return vlm;
  }

  /** Base address, as `vlm.endpoint.url` wants it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
