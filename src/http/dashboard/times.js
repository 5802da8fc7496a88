/** Moments and spans in words. */
import { element } from './elements.js';

/** The time of day, with the day when it is not today's. */
export function timeElement(unixSeconds) {
  const time = element('time', '', momentText(unixSeconds));
  time.dateTime = new Date(unixSeconds * 1000).toISOString();
  return time;
}

export function momentText(unixSeconds) {
  const date = new Date(unixSeconds * 1000);
  const isToday = date.toDateString() === new Date().toDateString();
  const clock = date.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
  const day = date.toLocaleDateString([], { month: 'short', day: 'numeric' });
  return isToday ? clock : `${day}, ${clock}`;
}

export function durationText(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3_600) return inUnits(seconds, [60, 'min'], [1, 's']);
  if (seconds < 86_400) return inUnits(seconds, [3_600, 'h'], [60, 'min']);
  return inUnits(seconds, [86_400, 'd'], [3_600, 'h']);
}

function inUnits(seconds, [large, largeName], [small, smallName]) {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
