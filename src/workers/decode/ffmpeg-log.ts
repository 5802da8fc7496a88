/** What ffmpeg says on its standard error, with `-loglevel level+info` and its filter `showinfo`. */
import { redactUrl } from '../../redact.js';

export type LogLine =
  /** The input's video stream. */
  | { type: 'stream'; codec: string; width: number; height: number; fps: number }
  /** How long a tick of the pictures' times is, from now on. */
  | { type: 'timeBase'; seconds: number }
  /** A picture is about to be written; its own time in ticks, null when it has none. */
  | { type: 'frame'; ticks: number | null; width: number; height: number }
  /** Something that went wrong. */
  | { type: 'error'; text: string };

const STREAM = /^\[info\] +Stream #0:\d+.*?: Video: (\w+).*?, (\d+)x(\d+)(?:.*?, ([\d.]+) (?:fps|tbr))?/;
const FRAME = /^\[Parsed_showinfo_\d+ @ \w+\] \[info\] n: *\d+ pts: *(\S+) .*? s:(\d+)x(\d+) /;
const TIME_BASE = /^\[Parsed_showinfo_\d+ @ \w+\] \[info\] config in time_base: (\d+)\/(\d+),/;
const ERROR = /^(?:\[[^\]]* @ \w+\] )?\[(?:error|fatal|panic)\] (.*)$/;

/** Null for a line that says nothing of these. */
export function readLogLine(line: string): LogLine | null {
  const frame = FRAME.exec(line);
  if (frame !== null) {
    return {
      type: 'frame',
      ticks: frame[1] === 'NOPTS' ? null : Number(frame[1]),
      width: Number(frame[2]),
      height: Number(frame[3]),
    };
  }
  const base = TIME_BASE.exec(line);
  if (base !== null) return { type: 'timeBase', seconds: Number(base[1]) / Number(base[2]) };
  const stream = STREAM.exec(line);
  if (stream !== null) {
    const [, codec = 'unknown', width, height, fps] = stream;
    return { type: 'stream', codec, width: Number(width), height: Number(height), fps: Number(fps ?? 0) };
  }
  const error = ERROR.exec(line);
  return error === null ? null : { type: 'error', text: error[1] ?? '' };
}

/** Characters of a line; what is beyond is left out. */
const MAX_LINE = 2_000;

/** Makes lines of what comes in pieces. */
export class LogLines {
  readonly #onLine: (line: string) => void;
  #line = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = text.split(/[\r\n]/);
    for (const [index, part] of lines.entries()) {
      if (this.#line.length < MAX_LINE) this.#line += part.slice(0, MAX_LINE);
      if (index === lines.length - 1) return;
      if (this.#line !== '') this.#onLine(this.#line);
      this.#line = '';
    }
  }
}

/** Lines that are remembered, and characters of each that are shown. */
const MAX_ERRORS = 3;
const MAX_SHOWN = 200;

/** The newest errors, as they may be shown: without the credentials in the addresses. */
export class LogErrors {
  readonly #url: string;
  #newest: string[] = [];

  /** `url` is the stream's, with its credentials. */
  constructor(url: string) {
    this.#url = url;
  }

  add(text: string): void {
    this.#newest = [...this.#newest, withoutSecrets(text, this.#url).slice(0, MAX_SHOWN)].slice(-MAX_ERRORS);
  }

  /** The last one, without the name of the input in front; empty when there is none. */
  get reason(): string {
    return (this.#newest.at(-1) ?? '').replace(/^(?:pipe:\d+|file:.*): /, '');
  }

  get text(): string {
    return this.#newest.join('; ');
  }
}

/** A password may hold anything, and then an address does not end where it seems to. */
function withoutSecrets(text: string, url: string): string {
  const user = /^[a-z][a-z0-9+.-]*:\/\/(.*)@/i.exec(url)?.[1];
  const password = user?.slice(user.indexOf(':') + 1);
  const secrets = [user, password].filter((secret) => secret !== undefined && secret !== '');
  const without = secrets.reduce<string>(
    (left, secret) => left.replaceAll(secret ?? '', '***'),
    text.replaceAll(url, redactUrl(url)),
  );
  return without.replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, redactUrl);
}
