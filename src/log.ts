import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines to the descriptor, written at once: the last lines before a crash are the ones that matter. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error', descriptor: number): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: descriptor, sync: true }),
  );
}
