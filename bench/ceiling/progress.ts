/** How far a long measurement is: one line that is drawn again on a terminal, whole lines only elsewhere. */

/** As far as it is needed of `process.stderr`. */
export interface Display {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** What is done now, and the share that is done, from 0 to 1. Shown on a terminal only. */
  show(text: string, share: number): void;
  /** A line that stays. */
  say(text: string): void;
  /** Takes the line away. */
  end(): void;
}

const BAR_COLUMNS = 20;
const DEFAULT_COLUMNS = 80;
/** Back to the first column, and what stands there is erased (ECMA-48: CR, EL). */
const FRESH_LINE = '\r\x1b[K';

export function progressOn(display: Display): Progress {
  const isTerminal = display.isTTY === true;
  const clear = isTerminal ? FRESH_LINE : '';
  return {
    show(text, share) {
      if (!isTerminal) return;
      // A full line would wrap, and only its last part would be drawn again.
      const columns = (display.columns ?? DEFAULT_COLUMNS) - 1;
      display.write(FRESH_LINE + `${bar(share)} ${text}`.slice(0, columns));
    },
    say(text) {
      display.write(`${clear}${text}\n`);
    },
    end() {
      display.write(clear);
    },
  };
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS);
  return '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
}
