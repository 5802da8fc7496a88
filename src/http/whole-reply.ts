import type { MiddlewareHandler } from 'hono';
import { LightHeaders } from './light-headers.js';

type Whole = string | ArrayBuffer | Uint8Array;

interface WholeReplyInit {
  status?: number;
  /** With the content-type, which nobody guesses. */
  headers: Readonly<Record<string, string>>;
}

/**
 * A reply whose body is all there. The standard Response checks its head at length and makes a stream of every body,
 * which costs more than most answers do; this one makes both only when somebody asks, and `uws-response.ts` does not.
 */
class WholeReply {
  readonly status: number;
  readonly headers: LightHeaders;
  readonly whole: Whole;
  #standard: Response | null = null;

  constructor(whole: Whole, { status = 200, headers }: WholeReplyInit) {
    this.whole = whole;
    this.status = status;
    this.headers = new LightHeaders(headers);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get body(): Response['body'] {
    return this.#asStandard().body;
  }

  get bodyUsed(): boolean {
    return this.#standard?.bodyUsed === true;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asStandard().arrayBuffer();
  }

  blob(): ReturnType<Response['blob']> {
    return this.#asStandard().blob();
  }

  json(): Promise<unknown> {
    return this.#asStandard().json();
  }

  text(): Promise<string> {
    return this.#asStandard().text();
  }

  clone(): Response {
    return this.#asStandard().clone();
  }

  #asStandard(): Response {
    const { status, headers } = this;
    this.#standard ??= new Response(this.whole, { status, headers: [...headers] });
    return this.#standard;
  }
}

/** A reply of which all is there. @param whole kept, not copied */
export function wholeReply(whole: Whole, init: WholeReplyInit): Response {
  // It lacks only what nobody asks of a reply that a server makes: its address, how it was reached, forms.
  return new WholeReply(whole, init) as unknown as Response;
}

/** What a reply says, when it is a whole one. */
export function wholeBody(reply: Response): Whole | undefined {
  return (reply as unknown) instanceof WholeReply ? (reply as unknown as WholeReply).whole : undefined;
}

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return wholeReply(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Lets `context.json` answer with a {@link wholeReply}. */
export const wholeJson: MiddlewareHandler = (context, next) => {
  context.json = json as typeof context.json;
  return next();
};
