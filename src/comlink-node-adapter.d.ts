declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink';
  import type { MessagePort } from 'node:worker_threads';

  /** Comlink ships this module without types: a Node MessagePort seen as Comlink's endpoint. */
  export default function nodeEndpoint(port: MessagePort): Endpoint;
}
