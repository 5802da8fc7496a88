import { expect, it, vi } from 'vitest';
import { untilEnded } from './until-ended.js';

function endless() {
  const cancel = vi.fn<() => void>();
  let push: (text: string) => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      push = (text) => {
        controller.enqueue(new TextEncoder().encode(text));
      };
    },
    cancel,
  });
  const reply = new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } });
  return {
    reply,
    cancel,
    push: (text: string) => {
      push(text);
    },
  };
}

it('passes on what comes, and ends it with the access', async () => {
  const end = new AbortController();
  const { reply, cancel, push } = endless();
  const wrapped = untilEnded(reply, end.signal);
  expect(wrapped.headers.get('content-type')).toBe('text/event-stream');
  push('a');
  const text = wrapped.text();
  push('b');
  await new Promise((resolve) => setImmediate(resolve));
  end.abort();
  expect(await text).toBe('ab');
  expect(cancel).toHaveBeenCalledOnce();
});

it('ends at once where the access has ended before', async () => {
  const { reply, cancel } = endless();
  expect(await untilEnded(reply, AbortSignal.abort()).text()).toBe('');
  expect(cancel).toHaveBeenCalledOnce();
});

it('cancels its source when the client leaves', async () => {
  const { reply, cancel } = endless();
  await untilEnded(reply, new AbortController().signal).body?.cancel();
  expect(cancel).toHaveBeenCalledOnce();
});
