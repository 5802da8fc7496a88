import { v7 as uuid } from 'uuid';
import type { Clock } from '../clock.js';
import type { Moment } from './alert-core.js';

export function momentOf(clock: Clock): Moment {
  return { nowMs: clock.monotonicMs(), wallTime: clock.wallTime(), newId: () => uuid() };
}
