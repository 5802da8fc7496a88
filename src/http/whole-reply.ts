import type { MiddlewareHandler } from 'hono';

type BodyPart = 'body' | 'bodyUsed' | 'arrayBuffer' | 'blob' | 'clone' | 'formData' | 'json' | 'text';

/** The standard Response, which is made without a body here. */
const Head = Response as new (body: null, init: ResponseInit) => Omit<Response, BodyPart>;

/**
 * A reply whose body is all there. The standard Response makes a stream of every body, which costs more than most
 * answers do; this one makes it only when somebody asks, and `uws-response.ts` does not.
 */
class WholeReply extends Head {
  /** The body. */
  readonly whole: string | ArrayBuffer | Uint8Array;
  #streaming: Response | null = null;

  /** @param whole kept, not copied; @param init with its content-type, which nobody guesses */
  constructor(whole: string | ArrayBuffer | Uint8Array, init: ResponseInit) {
    super(null, init);
    this.whole = whole;
  }

  get body(): Response['body'] {
    return this.#streamed().body;
  }

  get bodyUsed(): boolean {
    return this.#streaming?.bodyUsed === true;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#streamed().arrayBuffer();
  }

  blob(): ReturnType<Response['blob']> {
    return this.#streamed().blob();
  }

  json(): Promise<unknown> {
    return this.#streamed().json();
  }

  text(): Promise<string> {
    return this.#streamed().text();
  }

  clone(): Response {
    return this.#streamed().clone();
  }

  #streamed(): Response {
    const { status, headers } = this;
    this.#streaming ??= new Response(this.whole, { status, headers });
    return this.#streaming;
  }
}

type Whole = WholeReply['whole'];

/** A reply of which all is there. @param whole kept, not copied; @param init with its content-type: nobody guesses it */
export function wholeReply(whole: Whole, init: ResponseInit): Response {
  // It lacks only what reads forms.
  return new WholeReply(whole, init) as unknown as Response;
}

/** What a reply says, when it is a whole one. */
export function wholeBody(reply: Response): Whole | undefined {
  return (reply as unknown) instanceof WholeReply ? (reply as unknown as WholeReply).whole : undefined;
}

/** Lets `context.json` answer with a {@link wholeReply}. */
export const wholeJson: MiddlewareHandler = async (context, next) => {
  const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
    wholeReply(JSON.stringify(value), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    });
  context.json = json as typeof context.json;
  await next();
};
