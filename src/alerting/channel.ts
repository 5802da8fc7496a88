import type { Alert } from '../event.js';

/** What a channel is asked to tell. */
export interface AlertMessage {
  /** Stays the same over every attempt and restart: receivers drop repeats by it. */
  id: string;
  /** Its events are narrowed to those that the channel's rules let through. */
  alert: Alert;
  /** Alerts that the hourly cap or quiet hours kept back on this channel since the last message. */
  heldBack: number;
  /** JPEG of the worst event, when there is one. */
  snapshot: () => Promise<Uint8Array | null>;
}

/** A way to reach people: one attempt at a time. Owned by whoever opened it. */
export interface Channel {
  /**
   * Resolves when the receiver has taken it. Throws `alert.delivery_failed` (`data.retry_after_s` when the receiver
   * said so) or `alert.channel_gone` (410: do not try again). Ends soon after `signal` aborts.
   */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
  /** Event states that its receiver was never told of; absent for a channel that tells no events, only alerts. */
  droppedEvents?: () => number;
  close(): Promise<void>;
}
