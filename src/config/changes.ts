/** What differs between two configurations, and what of it a running process takes over. */
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.js';

/** What is applied while the product runs, with all below it. Everything else waits for a restart. */
const liveSettings: readonly (readonly string[])[] = [
  ['cameras'],
  ['defaults'],
  ['alerts'],
  ['agent', 'rules'],
  ['clips'],
  ['log', 'level'],
];

/** The paths of the settings that differ, the deepest that tell; lists count as one setting. */
export function changedPaths(previous: unknown, next: unknown): string[][] {
  if (isDeepStrictEqual(previous, next)) return [];
  if (!isMap(previous) || !isMap(next)) return [[]];
  const keys = new Set([...Object.keys(previous), ...Object.keys(next)]);
  return [...keys].flatMap((key) =>
    changedPaths(own(previous, key), own(next, key)).map((path) => [key, ...path]),
  );
}

/** The settings, as `resources.vram_mb`, that differ from those the process started with and that it cannot take over. */
export function restartRequired(atStart: Config, now: Config): string[] {
  return changedPaths(atStart, now)
    .filter((path) => !liveSettings.some((live) => live.every((key, i) => key === path[i])))
    .map((path) => path.join('.'));
}

function own(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
