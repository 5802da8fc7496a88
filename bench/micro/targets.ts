/** The comparisons that a target is set for: what they are called, and what is wanted of ours to the baseline's. */
import type { Comparison } from './measure.js';

type Wanted = Pick<Comparison, 'name' | 'better'> & { target: number };

export const wanted = {
  decodeByChild: {
    name: 'decode+scale against an ffmpeg child, its raw frames scaled here',
    better: 'lower',
    target: 0.8,
  },
  decodeByFfmpeg: { name: 'decode+scale against ffmpeg -f null', better: 'lower', target: 1.15 },
  vad: {
    name: 'VAD service against bare session.run, MNAD in runs of 8',
    better: 'higher',
    target: 0.95,
  },
  durable: {
    name: 'event accepted to durable at 500 a second, p99 against the limit',
    better: 'lower',
    target: 1,
  },
  fanout: { name: 'WebSocket fan-out to 16 clients against ws', better: 'lower', target: 0.6 },
  api: {
    name: 'API through uWebSockets.js against @hono/node-server',
    better: 'higher',
    target: 1.25,
  },
} as const satisfies Record<string, Wanted>;
