import type { Clock } from '../clock.js';
import type { StatusLine } from '../status-line.js';
import { MS_PER_S, S_PER_MINUTE } from '../units.js';
import type { DownloadProgress } from './download.js';

/** With all that stands beside it, within 80 columns. */
const BAR_WIDTH = 24;
/** A terminal is written to no more often. */
const REDRAW_MS = 200;
/** Where no terminal shows a bar, a line each tenth. */
const PLAIN_STEPS = 10;
/** The rate is that of the last seconds: an average of all would be slow to see a change. */
const RATE_MS = 5_000;

/** Where the download of one file has got to: a bar on a terminal, else lines. */
export class PullProgress {
  readonly #line: StatusLine;
  readonly #clock: Clock;
  readonly #name: string;
  /** What had come at which time, of the last `RATE_MS` and one before. */
  #history: { atMs: number; bytes: number }[] = [];
  #shownAtMs = -Infinity;
  #shownStep = -1;

  /** `name`: what is downloaded, for people. */
  constructor(line: StatusLine, clock: Clock, name: string) {
    this.#line = line;
    this.#clock = clock;
    this.#name = name;
  }

  show({ receivedBytes, totalBytes }: DownloadProgress): void {
    const nowMs = this.#clock.monotonicMs();
    const share = totalBytes === null ? null : receivedBytes / Math.max(1, totalBytes);
    if (!this.#isDue(nowMs, share)) return;
    const rate = this.#rate(nowMs, receivedBytes);
    const text = [amount(receivedBytes, totalBytes), ...speed(rate, receivedBytes, totalBytes)].join(', ');
    const shownBar = this.#line.isTerminal && share !== null ? `${bar(share)} ` : '';
    this.#line.show(`${this.#name}: ${shownBar}${text}`);
  }

  #isDue(nowMs: number, share: number | null): boolean {
    if (this.#line.isTerminal || share === null) {
      // Lines that stay are for people who come back later.
      if (nowMs - this.#shownAtMs < (this.#line.isTerminal ? REDRAW_MS : 50 * REDRAW_MS)) return share === 1;
      this.#shownAtMs = nowMs;
      return true;
    }
    const step = Math.floor(share * PLAIN_STEPS);
    const isDue = step > this.#shownStep;
    this.#shownStep = Math.max(step, this.#shownStep);
    return isDue;
  }

  /** Bytes a second; null when there is nothing to tell it from yet, or the download started over. */
  #rate(nowMs: number, bytes: number): number | null {
    this.#history.push({ atMs: nowMs, bytes });
    const inWindow = this.#history.findIndex(({ atMs }) => nowMs - atMs < RATE_MS);
    this.#history.splice(0, Math.max(0, inWindow - 1));
    const [oldest = { atMs: nowMs, bytes }] = this.#history;
    if (nowMs <= oldest.atMs || bytes <= oldest.bytes) return null;
    return ((bytes - oldest.bytes) / (nowMs - oldest.atMs)) * MS_PER_S;
  }
}

function amount(received: number, total: number | null): string {
  return total === null ? `${megabytes(received)} MB` : `${megabytes(received)} of ${megabytes(total)} MB`;
}

function speed(rate: number | null, received: number, total: number | null): string[] {
  if (rate === null) return [];
  const shown = `${(rate / 1e6).toFixed(1)} MB/s`;
  return total === null || total === received
    ? [shown]
    : [shown, `${minutes((total - received) / rate)} left`];
}

function bar(share: number): string {
  const full = Math.floor(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

function minutes(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / S_PER_MINUTE)}:${String(whole % S_PER_MINUTE).padStart(2, '0')}`;
}
