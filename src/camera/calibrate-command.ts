/** `nunchi calibrate`: has a camera of the running service calibrated, and waits for the result. */
import {
  calibrationStateSchema,
  type CalibrationState,
  type CalibrationVersionView,
} from '../calibration-state.js';
import { AppError } from '../errors.js';
import { StatusLine } from '../status-line.js';
import { S_PER_MINUTE } from '../units.js';

export interface CalibrateSettings {
  camera: string;
  /** Minutes of footage to learn from. */
  minutes: number;
  /** Where the service answers. */
  url: string;
  /** One of `http.tokens`; null when the service has none. */
  token: string | null;
}

export interface CalibrateHost {
  /** For the progress. */
  status: NodeJS.WriteStream;
  /** For the result. */
  result: NodeJS.WritableStream;
  wait: (ms: number) => Promise<unknown>;
}

const POLL_MS = 1_000;
const BAR_WIDTH = 30;
/** Where no terminal shows a bar, a line each tenth. */
const PLAIN_STEPS = 10;

/** Resolves when the camera is calibrated. Throws `service.failed` with what the service said, or that there is none. */
export async function runCalibrate(
  settings: CalibrateSettings,
  { status, result, wait }: CalibrateHost,
): Promise<void> {
  const path = `/api/cameras/${encodeURIComponent(settings.camera)}`;
  const line = new StatusLine(status);
  const progress = new Progress(line);
  const body = JSON.stringify({ minutes: settings.minutes });
  try {
    let state = await ask(settings, `${path}/calibrate`, { method: 'POST', body });
    const before = state.current?.version ?? 0;
    while (state.learning.requested) {
      progress.show(state.learning);
      await wait(POLL_MS);
      state = await ask(settings, `${path}/calibration`);
    }
    line.end();
    result.write(outcomeOf(state, before));
  } catch (thrown) {
    line.end();
    throw thrown;
  }
}

/** Seconds of footage learned, as a bar or in tenths. */
class Progress {
  readonly #line: StatusLine;
  #shown = -1;

  constructor(line: StatusLine) {
    this.#line = line;
  }

  show({ seconds, fit_at_s, fitting }: CalibrationState['learning']): void {
    const share = fitting ? 1 : Math.min(1, seconds / fit_at_s);
    const text = share === 1 ? 'fitting' : `${timeOf(seconds)} of ${timeOf(fit_at_s)} learned`;
    if (this.#line.isTerminal) {
      this.#line.show(`${bar(share)} ${text}`);
      return;
    }
    const step = Math.floor(share * PLAIN_STEPS);
    if (step > this.#shown) this.#line.show(text);
    this.#shown = step;
  }
}

function bar(share: number): string {
  const full = Math.floor(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

/** Throws `service.failed` when there is no calibration on request newer than version `before`. */
function outcomeOf({ camera, versions, last_failure }: CalibrationState, before: number): string {
  const asked = versions.find(({ version, reason }) => version > before && reason === 'on request');
  if (asked !== undefined) return describe(camera, asked);
  const why = last_failure?.message ?? `camera ${camera}: somebody gave the calibration up meanwhile`;
  throw new AppError('service.failed', why);
}

function describe(
  camera: string,
  { version, seconds, frames, threshold, alarms_per_day, certainty }: CalibrationVersionView,
): string {
  const { level, low, high } = threshold;
  return [
    `camera ${camera} is calibrated: version ${version}, ${certainty}`,
    `  learned from     ${timeOf(seconds)} (${frames} frames)`,
    `  threshold        ${level.toFixed(2)}, with 80% confidence ${low.toFixed(2)} to ${high.toFixed(2)}`,
    `  false alarms     ${figure(alarms_per_day.level)} a day, with 80% confidence ` +
      `${figure(alarms_per_day.low)} to ${figure(alarms_per_day.high)}`,
    '',
  ].join('\n');
}

function timeOf(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / S_PER_MINUTE)}:${String(whole % S_PER_MINUTE).padStart(2, '0')}`;
}

/** Two digits, as the bounds differ by orders of magnitude. */
function figure(value: number): string {
  return value < 0.01 ? 'less than 0.01' : String(Number(value.toPrecision(2)));
}

async function ask(
  { url, token }: CalibrateSettings,
  path: string,
  request: RequestInit = {},
): Promise<CalibrationState> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
  const reply = await fetch(new URL(path, url), { ...request, headers }).catch((error: unknown) => {
    throw new AppError('service.failed', `no service answers at ${url}; start it, or give --url`, {}, error);
  });
  const body: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw new AppError('service.failed', problemIn(body) ?? `${url} answers ${reply.status}`);
  const state = calibrationStateSchema.safeParse(body);
  if (!state.success) throw new AppError('service.failed', `${url} is no Nunchi of this version`);
  return state.data;
}

/** What a problem document says for people. */
function problemIn(body: unknown): string | null {
  const detail = (body as { detail?: unknown } | null)?.detail;
  return typeof detail === 'string' ? detail : null;
}
