/** What makes a camera alarm so often a minute: something large that rushes through its picture. */
import type { Viewport } from '../../src/demo/perspective.js';

/** An alarm, and the quiet that ends its event, take so long at least. */
export const MOST_ALARMS = 12;
/** Ordinary life first, to calibrate on for as long as the product does by itself. */
export const QUIET_S = 22;
const ALARM_S = 2;
/** Ordinary life goes to and fro, so that all of it was seen by the time a camera has learned. */
const TO_AND_FRO_S = 5;
const BYTES_PER_PIXEL = 4;
const DARK = 20;

/** Seconds from one alarm of a camera to its next. */
export function periodS(alarmsAMinute: number): number {
  return 60 / alarmsAMinute;
}

/** The second of a scene that is shown at `timeS` of a clip with alarms. */
export function ordinaryS(timeS: number): number {
  return TO_AND_FRO_S - Math.abs(TO_AND_FRO_S - (timeS % (2 * TO_AND_FRO_S)));
}

export interface Alarms {
  aMinute: number;
  /** Which part of the time between two alarms passes before the first: cameras shall not all alarm at once. */
  phase: number;
}

/** Paints what is seen at `timeS` of the clip into an RGBA picture: nothing, most of the time. */
export function paintAlarm(
  frame: Buffer,
  { width, height }: Viewport,
  timeS: number,
  { aMinute, phase }: Alarms,
): void {
  const everyS = periodS(aMinute);
  const sinceFirstS = timeS - QUIET_S - phase * everyS;
  const sinceS = sinceFirstS % everyS;
  if (sinceFirstS < 0 || sinceS >= ALARM_S) return;
  const side = Math.round(height / 3);
  const left = Math.round((sinceS / ALARM_S) * (width - side));
  for (let y = side; y < 2 * side; y += 1) {
    const start = (y * width + left) * BYTES_PER_PIXEL;
    frame.fill(DARK, start, start + side * BYTES_PER_PIXEL);
  }
}
