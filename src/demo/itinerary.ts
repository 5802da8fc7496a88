import type { Waypoint } from './route.js';
import type { ScheduledAnomaly } from './demo-cameras.js';
import type { Stage } from './stage.js';

/** Ordinary walking, in metres a second. */
export const WALK_SPEED = 1.3;

/** How far beyond the visible stretch people begin and end, in metres. */
export const PERSON_MARGIN_M = 1;

/**
 * Runs of the whole visible stretch, to and fro, that fill the anomaly's time at about `speed`.
 *
 * Turning points lie inside the view, so that nobody seems to leave and come back.
 */
export function shuttle(
  { startS, endS }: ScheduledAnomaly,
  stage: Stage,
  speed: number,
  direction: 1 | -1,
  marginM: number,
): Waypoint[] {
  const [first, last] = direction === 1 ? [stage.from, stage.to] : [stage.to, stage.from];
  const outside = [first - direction * marginM, last + direction * marginM] as const;
  const turnInset = Math.min(2, (stage.to - stage.from) / 4) * direction;
  const inside = [first + turnInset, last - turnInset] as const;
  const passLengthM = Math.abs(outside[1] - outside[0]);
  const passes = Math.max(1, Math.round((speed * (endS - startS)) / passLengthM));
  return Array.from({ length: passes + 1 }, (_, index) => {
    const ends = index === 0 || index === passes ? outside : inside;
    return {
      timeS: startS + ((endS - startS) * index) / passes,
      x: index % 2 === 0 ? ends[0] : ends[1],
      z: stage.laneZ,
    };
  });
}

/** Off stage, through the spot at the given times, and off stage again, all at walking speed. */
export function visit(
  stage: Stage,
  arriveS: number,
  leaveS: number,
  onTheSpot: readonly Waypoint[],
): Waypoint[] {
  const [first, last] = stage.direction === 1 ? [stage.from, stage.to] : [stage.to, stage.from];
  const entryX = first - stage.direction * PERSON_MARGIN_M;
  const exitX = last + stage.direction * PERSON_MARGIN_M;
  const { nearX: x, laneZ: z } = stage;
  return [
    { timeS: arriveS - Math.abs(x - entryX) / WALK_SPEED, x: entryX, z },
    { timeS: arriveS, x, z },
    ...onTheSpot,
    { timeS: leaveS, x, z },
    { timeS: leaveS + Math.abs(exitX - x) / WALK_SPEED, x: exitX, z },
  ];
}
