import { z } from 'zod';
import { AppError } from '../../errors.js';
import type { VlmLoaded, VlmSource } from '../../protocol/vlm.js';
import type { VlmBackend, VlmQuestion, VlmText } from './vlm-backend.js';

type Endpoint = Extract<VlmSource, { type: 'endpoint' }>;

/** A verdict takes a few hundred bytes; what is larger is no answer. */
const MAX_REPLY_BYTES = 1024 * 1024;
const MAX_QUOTED = 200;
const BAD_REQUEST = 400;

const replySchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ completion_tokens: z.number() }).optional(),
});

/** How a server is told to write JSON: by a schema, or where it knows none, in any form. */
type Format = 'json_schema' | 'json_object';

interface Reply {
  status: number;
  body: string;
}

/**
 * A VLM behind an HTTP endpoint of OpenAI's kind (`llama-server`, vLLM, Ollama): `POST {url}/chat/completions`.
 * Redirects are not followed, so that pictures and key go nowhere else than configured.
 */
export function openOpenAiVlm(endpoint: Endpoint): VlmBackend {
  const { name } = endpoint;
  const loaded: VlmLoaded = { name, sha256: '', measuredMb: 0, device: 'http' };
  let format: Format = 'json_schema';

  async function ask(question: VlmQuestion, signal: AbortSignal): Promise<VlmText> {
    let reply = await post(endpoint, bodyOf(name, question, format), signal);
    if (reply.status === BAD_REQUEST && format === 'json_schema') {
      reply = await post(endpoint, bodyOf(name, question, 'json_object'), signal);
      if (isSuccess(reply)) format = 'json_object';
    }
    if (!isSuccess(reply)) {
      throw failure(endpoint, `answered ${reply.status}: ${reply.body.slice(0, MAX_QUOTED)}`);
    }
    return textOf(endpoint, reply);
  }

  return { loaded, fallback: null, ask, release: () => Promise.resolve() };
}

function isSuccess({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

function bodyOf(model: string, { clip, prompt, schema, maxTokens }: VlmQuestion, format: Format): string {
  const pictures = clip.pictures.map((picture) => {
    const url = `data:${clip.mime};base64,${Buffer.from(picture).toString('base64')}`;
    return { type: 'image_url', image_url: { url } };
  });
  const bySchema = { type: 'json_schema', json_schema: { name: 'verdict', strict: true, schema } };
  return JSON.stringify({
    model,
    messages: [{ role: 'user', content: [...pictures, { type: 'text', text: prompt }] }],
    response_format: format === 'json_schema' ? bySchema : { type: 'json_object' },
    max_tokens: maxTokens,
    temperature: 0,
  });
}

async function post(endpoint: Endpoint, body: string, signal: AbortSignal): Promise<Reply> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (endpoint.apiKey !== null) headers['authorization'] = `Bearer ${endpoint.apiKey}`;
  try {
    const url = `${endpoint.url.replace(/\/+$/, '')}/chat/completions`;
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return { status: response.status, body: await readCapped(endpoint, response) };
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    if (signal.aborted) throw failure(endpoint, 'did not answer in time', thrown);
    throw failure(endpoint, `cannot be asked (${reasonOf(thrown)}); is the server up?`, thrown);
  }
}

async function readCapped(endpoint: Endpoint, response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    // Leaving the loop ends the download.
    if (bytes > MAX_REPLY_BYTES) throw failure(endpoint, `answered more than ${MAX_REPLY_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function textOf(endpoint: Endpoint, { body }: Reply): VlmText {
  const parsed = replySchema.safeParse(parseJson(body));
  const content = parsed.data?.choices[0]?.message.content;
  if (content === undefined)
    throw failure(endpoint, `did not answer with a chat completion: ${body.slice(0, MAX_QUOTED)}`);
  return { text: content, tokens: parsed.data?.usage?.completion_tokens ?? 0 };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Behind "fetch failed" the cause says what is the matter. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
}

function failure({ name, url }: Endpoint, what: string, cause?: unknown): AppError {
  return new AppError('vlm.failed', `${name} at ${new URL(url).origin} ${what}`, { model: name }, cause);
}
