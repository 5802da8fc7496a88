import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on stderr, written at once: the last lines before a crash are the ones that matter. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error'): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
