/** Hours of the week in local time: when a rule holds, a camera is watched, a channel is quiet. */
import { z } from 'zod';
import { MS_PER_S } from './units.js';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day as 22:00');
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export const scheduleSchema = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1)
      .default([...weekdays]),
    from: timeOfDay,
    to: timeOfDay.describe('exclusive; no later than `from`: on the next day'),
  })
  .describe('local time');

/** As the configuration has it. */
export type WeeklyHours = z.infer<typeof scheduleSchema>;

/** The same in numbers. */
export interface Schedule {
  /** On which it begins; 0 is Sunday. */
  days: readonly number[];
  /** Minutes since midnight; `to` is exclusive, and no later than `from` means the next day. */
  from: number;
  to: number;
}

export interface LocalMoment {
  /** 0 is Sunday. */
  day: number;
  /** Minutes since midnight. */
  minute: number;
}

export function scheduleOf({ days, from, to }: WeeklyHours): Schedule {
  return { days: days.map((day) => weekdays.indexOf(day)), from: minutesOf(from), to: minutesOf(to) };
}

/** `wallTime` in Unix seconds, on the clock of this machine's time zone. */
export function localMoment(wallTime: number): LocalMoment {
  const local = new Date(wallTime * MS_PER_S);
  return { day: local.getDay(), minute: local.getHours() * 60 + local.getMinutes() };
}

/** Whether a moment is in a schedule; one that ends no later than it begins ends on the next day. */
export function isWithin({ days, from, to }: Schedule, { day, minute }: LocalMoment): boolean {
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  return (days.includes(day) && minute >= from) || (days.includes((day + 6) % 7) && minute < to);
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
}
