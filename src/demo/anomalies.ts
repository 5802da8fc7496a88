import type { Bag, Person, StagedActor } from './actors.js';
import { PERSON_MARGIN_M, shuttle, visit, WALK_SPEED } from './itinerary.js';
import { follow, type Waypoint } from './route.js';
import type { Look, StagedAnomaly } from './scene.js';
import { smokeAt } from './smoke.js';
import type { Stage } from './stage.js';

/** Speeds in metres a second. */
const RUN_SPEED = 5.5;
const HURRY_SPEED = 4.5;
const VAN_SPEED = 6;

/** How far beyond the visible stretch a van begins and ends, in metres. */
const VAN_MARGIN_M = 3;
const FALL_S = 0.3;
const RISE_S = 1;
/** How far the owner of a left bag walks off before coming back. */
const STRAY_M = 6;
const LOITER_RADIUS_M = 0.8;

/** What is on stage at a time in seconds of the period. */
export type Performance = (timeS: number) => readonly StagedActor[];

/** Everything that an anomaly brings on stage, before, during and after the time that the ground truth marks. */
export function perform(anomaly: StagedAnomaly, stage: Stage, look: Look, seed: number): Performance {
  switch (anomaly.kind) {
    case 'running':
      return dash(anomaly, shuttle(anomaly, stage, RUN_SPEED, stage.direction, PERSON_MARGIN_M), look);
    case 'wrong_way': {
      const against = stage.direction === 1 ? -1 : 1;
      return dash(anomaly, shuttle(anomaly, stage, HURRY_SPEED, against, PERSON_MARGIN_M), look);
    }
    case 'vehicle':
      return drive(anomaly, stage);
    case 'fall':
      return fall(anomaly, stage, look);
    case 'loitering':
      return loiter(anomaly, stage, look);
    case 'left_bag':
      return leaveBag(anomaly, stage, look);
    case 'smoke':
      return (timeS) => {
        const smoke = smokeAt(anomaly, { x: stage.nearX, z: stage.laneZ }, seed, timeS);
        return smoke === undefined ? [] : [{ actor: smoke, anomalous: true }];
      };
  }
}

function personOn(
  route: readonly Waypoint[],
  look: Look,
  gait: 'walk' | 'run',
  timeS: number,
): Person | undefined {
  const progress = follow(route, timeS);
  if (progress === undefined) return undefined;
  const strideM = look.heightM * (gait === 'run' ? 1.5 : 0.82);
  return {
    type: 'person',
    look,
    stance: {
      at: progress.at,
      headingRad: progress.headingRad,
      gait: progress.moving ? gait : 'stand',
      cycleRad: (2 * Math.PI * progress.walkedM) / strideM,
      leanRad: 0,
    },
    opacity: 1,
  };
}

const during = ({ startS, endS }: StagedAnomaly, timeS: number): boolean => timeS >= startS && timeS < endS;

function dash(anomaly: StagedAnomaly, route: readonly Waypoint[], look: Look): Performance {
  return (timeS) => {
    const runner = personOn(route, look, 'run', timeS);
    return runner === undefined ? [] : [{ actor: runner, anomalous: during(anomaly, timeS) }];
  };
}

/** The van reverses out when it has to turn back. */
function drive(anomaly: StagedAnomaly, stage: Stage): Performance {
  const route = shuttle(anomaly, stage, VAN_SPEED, stage.direction, VAN_MARGIN_M);
  const headingRad = stage.direction === 1 ? 0 : Math.PI;
  return (timeS) => {
    const progress = follow(route, timeS);
    if (progress === undefined) return [];
    return [{ actor: { type: 'vehicle', at: progress.at, headingRad }, anomalous: during(anomaly, timeS) }];
  };
}

function fall(anomaly: StagedAnomaly, stage: Stage, look: Look): Performance {
  const { startS, endS } = anomaly;
  const route = visit(stage, startS, endS, []);
  return (timeS) => {
    const walker = personOn(route, look, 'walk', timeS);
    if (walker === undefined) return [];
    const down = Math.min((timeS - startS) / FALL_S, (endS - timeS) / RISE_S, 1);
    // Squared: a falling body gathers speed.
    const leanRad = (Math.PI / 2) * Math.max(0, down) ** 2;
    const actor: Person = { ...walker, stance: { ...walker.stance, leanRad } };
    return [{ actor, anomalous: during(anomaly, timeS) }];
  };
}

/** Pacing round a small square for the anomaly's whole time. */
function loiter(anomaly: StagedAnomaly, stage: Stage, look: Look): Performance {
  const { startS, endS } = anomaly;
  const corners = [
    [1, 1],
    [-1, 1],
    [-1, -1],
    [1, -1],
  ] as const;
  const rounds = Math.max(1, Math.round(((endS - startS) * WALK_SPEED) / (2 * 8 * LOITER_RADIUS_M)));
  const steps = rounds * corners.length;
  const pacing = Array.from({ length: steps }, (_, index) => {
    const [cornerX, cornerZ] = corners[index % corners.length] ?? corners[0];
    return {
      timeS: startS + ((endS - startS) * (index + 1)) / (steps + 1),
      x: stage.nearX + cornerX * LOITER_RADIUS_M,
      z: stage.laneZ + cornerZ * LOITER_RADIUS_M * 0.6,
    };
  });
  const route = visit(stage, startS, endS, pacing);
  return (timeS) => {
    const actor = personOn(route, look, 'walk', timeS);
    return actor === undefined ? [] : [{ actor, anomalous: during(anomaly, timeS) }];
  };
}

/** The owner sets the bag down, walks on without it, and comes back for it: only the bag alone is anomalous. */
function leaveBag(anomaly: StagedAnomaly, stage: Stage, look: Look): Performance {
  const { startS, endS } = anomaly;
  const spot = { x: stage.nearX, z: stage.laneZ };
  const strayM = Math.min(STRAY_M, ((endS - startS) / 2) * WALK_SPEED);
  const turn = { timeS: (startS + endS) / 2, x: spot.x + stage.direction * strayM, z: spot.z + 0.4 };
  const route = visit(stage, startS - 0.8, endS + 0.8, [
    { timeS: startS, ...spot },
    turn,
    { timeS: endS, ...spot },
  ]);
  return (timeS) => {
    const owner = personOn(route, look, 'walk', timeS);
    if (owner === undefined) return [];
    const alone = during(anomaly, timeS);
    const carriedAt = { x: owner.stance.at.x, z: owner.stance.at.z - 0.35 };
    const bag: Bag = alone
      ? { type: 'bag', at: { x: spot.x, z: spot.z - 0.35 }, liftM: 0 }
      : { type: 'bag', at: carriedAt, liftM: 0.15 };
    return [
      { actor: owner, anomalous: false },
      { actor: bag, anomalous: alone },
    ];
  };
}
