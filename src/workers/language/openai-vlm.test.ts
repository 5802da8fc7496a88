import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openOpenAiVlm } from './openai-vlm.js';
import type { VlmBackend, VlmQuestion } from './vlm-backend.js';

interface Asked {
  path: string | undefined;
  authorization: string | undefined;
  body: {
    model: string;
    max_tokens: number;
    temperature: number;
    response_format: { type: string };
    messages: { content: { type: string; image_url?: { url: string }; text?: string }[] }[];
  };
}

let server: Server;
let asked: Asked[];

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A server that replies as told, and its client. */
async function serving(
  reply: (response: ServerResponse, asked: Asked) => void,
  apiKey: string | null = null,
): Promise<VlmBackend> {
  asked = [];
  server = createServer((incoming, response) => {
    void read(incoming).then((body) => {
      const { authorization } = incoming.headers;
      const question = { path: incoming.url, authorization, body: JSON.parse(body) as Asked['body'] };
      asked.push(question);
      reply(response, question);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1`;
  return openOpenAiVlm({ type: 'endpoint', name: 'qwen', url, apiKey });
}

async function read(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function answerWith(response: ServerResponse, content: string): void {
  const usage = { completion_tokens: 7 };
  response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage }));
}

const picture = Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]).buffer;
const question: VlmQuestion = {
  clip: { pictures: [picture, picture], mime: 'image/jpeg', secondsBefore: [3, 0] },
  prompt: 'What happens?',
  schema: { type: 'object' },
  maxTokens: 64,
};
const never = new AbortController().signal;

describe('a VLM behind an endpoint', () => {
  it('is asked with pictures before the text, the schema, a limit and the key', async () => {
    const vlm = await serving((response) => {
      answerWith(response, '{"label":"fall"}');
    }, 'secret');
    expect(await vlm.ask(question, never)).toEqual({ text: '{"label":"fall"}', tokens: 7 });
    expect(asked[0]).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer secret' });
    expect(asked[0]?.body).toMatchObject({ model: 'qwen', max_tokens: 64, temperature: 0 });
    expect(asked[0]?.body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: question.schema },
    });
    const url = 'data:image/jpeg;base64,/9j/2Q==';
    expect(asked[0]?.body.messages[0]?.content).toEqual([
      { type: 'image_url', image_url: { url } },
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: 'What happens?' },
    ]);
    expect(vlm.loaded).toMatchObject({ name: 'qwen', device: 'http' });
  });

  it('that knows no schema is asked for JSON of any form, from then on at once', async () => {
    const vlm = await serving((response, { body }) => {
      if (body.response_format.type === 'json_schema') response.writeHead(400).end('unsupported');
      else answerWith(response, '{}');
    });
    expect(await vlm.ask(question, never)).toMatchObject({ text: '{}' });
    expect(await vlm.ask(question, never)).toMatchObject({ text: '{}' });
    const formats = asked.map(({ body }) => body.response_format.type);
    expect(formats).toEqual(['json_schema', 'json_object', 'json_object']);
  });

  it('that finds the question itself bad is asked by the schema again', async () => {
    let bad = true;
    const vlm = await serving((response) => {
      if (bad) response.writeHead(400).end('too many pictures');
      else answerWith(response, '{}');
    });
    await expect(vlm.ask(question, never)).rejects.toThrow(/400: too many pictures/);
    bad = false;
    await vlm.ask(question, never);
    expect(asked.at(-1)?.body.response_format.type).toBe('json_schema');
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['an error', (response) => response.writeHead(500).end('out of memory'), /500: out of memory/],
    [
      'a redirect',
      (response) => response.writeHead(307, { location: 'http://192.0.2.1/' }).end(),
      /answered 307/,
    ],
    ['a page', (response) => response.end('<html></html>'), /not answer with a chat completion/],
    ['other JSON', (response) => response.end('{"choices":[]}'), /not answer with a chat completion/],
    ['too much', (response) => response.end(Buffer.alloc(1024 * 1024 + 1, 32)), /more than 1048576 bytes/],
    ['half a reply', (response) => response.socket?.destroy(), /cannot be asked/],
  ])('that answers with %s fails, and says so', async (_name, reply, why) => {
    const vlm = await serving(reply);
    await expect(vlm.ask(question, never)).rejects.toMatchObject({
      code: 'vlm.failed',
      message: expect.stringMatching(why) as string,
    });
  });

  it('that is slow is let go of when the signal says so, while it answers too', async () => {
    const stopping = new AbortController();
    const vlm = await serving((response) => {
      response.write('{');
      stopping.abort();
    });
    await expect(vlm.ask(question, stopping.signal)).rejects.toThrow(/in time/);
  });

  it('that is not there fails, and the key is not told', async () => {
    const vlm = await serving(() => undefined, 'secret');
    server.close();
    await once(server, 'close');
    const failure = vlm.ask(question, never);
    await expect(failure).rejects.toThrow(/ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow(/secret/);
  });
});
