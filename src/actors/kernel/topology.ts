import type { Overflow } from './mailbox.js';

export interface Link {
  from: string;
  to: string;
  carries: string;
  /** Messages in flight or waiting at most; for frames, a camera. */
  capacity: number;
  overflow: Overflow;
}

/** Every queue between two actors, with its bound: the whole picture of what can pile up where. */
export const links = {
  vadFrames: {
    from: 'camera',
    to: 'gpu',
    carries: 'VAD frame, 36 KiB; the buffer is the credit',
    capacity: 3,
    overflow: 'latestOnly',
  },
  events: { from: 'detector', to: 'writer', carries: 'event state', capacity: 10_000, overflow: 'wait' },
  alerts: {
    from: 'recorder',
    to: 'alerts',
    carries: 'durable event state',
    capacity: 10_000,
    overflow: 'wait',
  },
} as const satisfies Record<string, Link>;
