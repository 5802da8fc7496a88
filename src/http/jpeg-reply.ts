import { wholeReply } from './whole-reply.js';

/** A JPEG with its length, so that HEAD tells it too. */
export function jpegReply(jpeg: ArrayBuffer | Uint8Array, cacheControl: string): Response {
  return wholeReply(jpeg, {
    headers: {
      'content-type': 'image/jpeg',
      'content-length': String(jpeg.byteLength),
      'cache-control': cacheControl,
    },
  });
}
