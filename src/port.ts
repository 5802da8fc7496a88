import type { MessagePort, Transferable } from 'node:worker_threads';

interface Typed {
  type: string;
}

/** For each message type, what of it is moved instead of copied. Kept beside the message's definition. */
export type TransferTable<M extends Typed> = {
  [K in M['type']]: (message: Extract<M, { type: K }>) => readonly Transferable[];
};

/** One end of a channel between two threads. `close` on either end closes both. */
export interface Port<Out> {
  /** Moves the message's buffers: the caller must not touch them afterwards. */
  send(message: Out): void;
  close(): void;
}

/** Wraps a MessagePort; callers never pass a transfer list, it is derived from the table by the message's type. */
export function openPort<In, Out extends Typed>(
  port: MessagePort,
  transfers: TransferTable<Out>,
  onMessage: (message: In) => void,
): Port<Out> {
  port.on('message', onMessage);
  return {
    send(message) {
      const transferOf = transfers[message.type as Out['type']] as (message: Out) => readonly Transferable[];
      port.postMessage(message, transferOf(message));
    },
    close() {
      port.close();
    },
  };
}
