import { ClipEncoder } from '../src/demo/clip-encoder.js';

const SIZE = { width: 320, height: 180 };
const FPS = 10;
/** Ordinary life first, to calibrate on, then an alarm at the start of each period. */
const QUIET_S = 30;
const ALARM_S = 2;

export interface AlarmClip {
  seconds: number;
  /** From one alarm to the next. */
  periodS: number;
}

/**
 * Writes a clip in which a small square walks all the time, and in which, after half a minute, a large one crosses the
 * picture in two seconds, once a period: something that any detector of motion finds unusual.
 */
export function writeAlarmClip(file: string, { seconds, periodS }: AlarmClip): void {
  const encoder = new ClipEncoder(file, SIZE, FPS, 23, 'veryfast');
  const frame = Buffer.alloc(SIZE.width * SIZE.height * 4);
  for (let index = 0; index < seconds * FPS; index += 1) {
    const timeS = index / FPS;
    paintGround(frame, index);
    paintSquare(frame, { side: 16, left: (timeS * 12) % (SIZE.width - 16), top: 120, gray: 200 });
    const alarmS = (timeS - QUIET_S) % periodS;
    if (timeS >= QUIET_S && alarmS < ALARM_S) {
      const left = (alarmS / ALARM_S) * (SIZE.width - 60);
      paintSquare(frame, { side: 60, left, top: 30, gray: 20 });
    }
    encoder.write(frame);
  }
  encoder.finish();
}

/** Stripes, so that motion has an edge to show at, and a little noise, as of a sensor. */
function paintGround(frame: Buffer, index: number): void {
  for (let pixel = 0; pixel < SIZE.width * SIZE.height; pixel += 1) {
    const stripe = (pixel % SIZE.width) % 32 < 16 ? 90 : 110;
    const noise = ((pixel * 7919 + index * 104_729) % 5) - 2;
    frame.fill(stripe + noise, pixel * 4, pixel * 4 + 3);
    frame[pixel * 4 + 3] = 255;
  }
}

interface Square {
  side: number;
  left: number;
  top: number;
  gray: number;
}

function paintSquare(frame: Buffer, { side, left, top, gray }: Square): void {
  for (let y = Math.round(top); y < Math.round(top) + side; y += 1) {
    const start = (y * SIZE.width + Math.round(left)) * 4;
    frame.fill(gray, start, start + side * 4);
  }
}
