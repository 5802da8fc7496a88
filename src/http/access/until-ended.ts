/** The reply, whose body comes to an end as soon as `ended` is aborted, and whose source is cancelled then. */
export function untilEnded(reply: Response, ended: AbortSignal): Response {
  if (reply.body === null) return reply;
  const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
  const cancel = (): void => {
    // Reads that wait come back as the end.
    reader.cancel().catch(() => undefined);
  };
  if (ended.aborted) cancel();
  else ended.addEventListener('abort', cancel, { once: true });
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) {
        controller.enqueue(value);
        return;
      }
      ended.removeEventListener('abort', cancel);
      controller.close();
    },
    cancel(reason) {
      ended.removeEventListener('abort', cancel);
      return reader.cancel(reason);
    },
  });
  return new Response(body, reply);
}
