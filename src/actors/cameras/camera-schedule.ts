import { isWithin, localMoment, scheduleOf, type WeeklyHours } from '../../schedule.js';

/**
 * Whether anomalies of a camera are events at `wallTime`, Unix seconds: within any of its hours, or at any time when it
 * has none. Hours are read off the clock on the wall, so a day on which that is put forward or back has fewer or more
 * of them.
 */
export function isWatched(schedule: readonly WeeklyHours[], wallTime: number): boolean {
  if (schedule.length === 0) return true;
  const moment = localMoment(wallTime);
  return schedule.some((hours) => isWithin(scheduleOf(hours), moment));
}
