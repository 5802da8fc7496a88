import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines to the descriptor, written at once: the last lines before a crash are the ones that matter. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error', descriptor: number): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: descriptor, sync: true }),
  );
}

export interface LogSubject {
  /** Id of the event that a line is about; several, where a message tells of several. */
  event?: string | string[];
  camera?: string | string[];
}

/** What a line about these events is found by; nothing for none. */
export function logSubject(events: readonly { id: string; camera: string }[]): LogSubject {
  const [first] = events;
  if (first === undefined) return {};
  if (events.length === 1) return { event: first.id, camera: first.camera };
  return { event: events.map(({ id }) => id), camera: [...new Set(events.map(({ camera }) => camera))] };
}
