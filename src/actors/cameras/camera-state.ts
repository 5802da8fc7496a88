import type { ErrorRecord } from '../../errors.js';

/**
 * The one state machine of a camera, for its first connection and every later one:
 *
 *   connecting -> streaming <-> stalled
 *        ^  \         |           |
 *        |   v        v           v
 *        +-- backing_off <--------+          any state -> quarantined | stopped | paused
 *
 * A camera that is paused stays so until it is started over, whatever its ending thread still says.
 */
export const cameraStates = [
  'connecting',
  'streaming',
  'stalled',
  'backing_off',
  'quarantined',
  'paused',
  'stopped',
] as const;
export type CameraState = (typeof cameraStates)[number];

export interface Connection {
  state: CameraState;
  /** Failed attempts in a row; 0 after a stream that ran well. */
  failures: number;
  /** Why it is not streaming, or why it last was not; null until something failed. */
  lastError: ErrorRecord | null;
  /** Monotonic milliseconds; null while not connected. */
  streamingSinceMs: number | null;
  lastProgressMs: number | null;
}

export type ConnectionEvent =
  | { type: 'connecting' }
  | { type: 'opened'; nowMs: number }
  /** Packets arrived since the last. */
  | { type: 'progress'; nowMs: number }
  /** Time went by; tells a stall. */
  | { type: 'tick'; nowMs: number }
  /** The connection could not be made or broke, or its thread died. */
  | { type: 'failed'; nowMs: number; error: ErrorRecord }
  /** Its thread died too often. */
  | { type: 'quarantined'; error: ErrorRecord }
  /** Asked to stop, or a file that does not loop is over. */
  | { type: 'stopped' }
  /** Somebody asked for a pause. */
  | { type: 'paused' }
  /** It goes on after a pause, or with other settings; what failed before does not count. */
  | { type: 'startedOver' };

/** Without a packet for this long a stream counts as stalled. */
const STALL_MS = 5_000;
/** A stream that ran this long was well: the next failure starts at the first delay again. */
const RAN_WELL_MS = 10_000;

export const initialConnection: Connection = {
  state: 'connecting',
  failures: 0,
  lastError: null,
  streamingSinceMs: null,
  lastProgressMs: null,
};

/** The next state; pure. */
export function advanceConnection(connection: Connection, event: ConnectionEvent): Connection {
  if (connection.state === 'paused' && event.type !== 'startedOver') return connection;
  switch (event.type) {
    case 'connecting':
      return { ...connection, state: 'connecting' };
    case 'opened':
      return {
        ...connection,
        state: 'streaming',
        streamingSinceMs: event.nowMs,
        lastProgressMs: event.nowMs,
      };
    case 'progress':
      if (connection.streamingSinceMs === null) return connection;
      return { ...connection, state: 'streaming', lastProgressMs: event.nowMs };
    case 'tick': {
      const { state, lastProgressMs } = connection;
      const silent =
        state === 'streaming' && lastProgressMs !== null && event.nowMs - lastProgressMs >= STALL_MS;
      return silent ? { ...connection, state: 'stalled' } : connection;
    }
    case 'failed': {
      const since = connection.streamingSinceMs;
      const ranWell = since !== null && event.nowMs - since >= RAN_WELL_MS;
      const failures = ranWell ? 1 : connection.failures + 1;
      return {
        state: 'backing_off',
        failures,
        lastError: event.error,
        streamingSinceMs: null,
        lastProgressMs: null,
      };
    }
    case 'quarantined':
      return { ...connection, state: 'quarantined', lastError: event.error, streamingSinceMs: null };
    case 'stopped':
      return { ...connection, state: 'stopped', streamingSinceMs: null };
    case 'paused':
      return { ...initialConnection, state: 'paused' };
    case 'startedOver':
      return initialConnection;
    default:
      return event satisfies never;
  }
}
