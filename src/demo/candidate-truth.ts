import type { Box as ShareBox } from '../verification/montage.js';
import { perform } from './anomalies.js';
import type { DrawnLabel, Heading } from './candidate-answer.js';
import { extremes } from './extremes.js';
import { footing } from './actors.js';
import { PerspectiveCamera, vec, type Box, type GroundPoint, type Viewport } from './perspective.js';
import type { Scene } from './scene.js';
import { stageOf, type Stage } from './stage.js';
import { seededRandom } from '../random.js';
import { randomLook, walkersAt } from './walkers.js';

/** What a scene's only anomaly shows at an instant. */
interface AnomalyView {
  /** Around all of it that is in view; shares of the picture's sides. */
  readonly box: ShareBox;
  readonly label: DrawnLabel;
  /** Without meaning for what does not move. */
  readonly heading: Heading;
}

/** The truth about a scene, by time in seconds of its period. */
export interface CandidateTruth {
  /** Undefined while nothing can be told from it: out of view, hardly begun, or turning round. */
  anomalyAt(timeS: number): AnomalyView | undefined;
  /** Undefined while nothing of it is in view. */
  anomalyBoxAt(timeS: number): ShareBox | undefined;
  /** Boxes of the ordinary people who are well in view. */
  walkerBoxesAt(timeS: number): ShareBox[];
}

/** Time over which movement is judged. */
const STEP_S = 0.3;
/** How long after its start an anomaly can be told, in seconds. */
const clearAfterS = {
  running: 0,
  vehicle: 0,
  wrong_way: 0,
  fall: 0.25,
  loitering: 3.5,
  left_bag: 0.5,
  smoke: 0.5,
} as const;
/** Who has fallen is half up again so long before the end, and lies no more. */
const GETTING_UP_S = 0.8;
/** Least sides of a box in pixels: half a van or a torso at the picture's edge is no sight of it. */
const LEAST_WIDTH = 6;
const LEAST_HEIGHT = 12;

export function candidateTruth(scene: Scene, viewport: Viewport): CandidateTruth {
  const camera = new PerspectiveCamera(scene.site.camera, viewport);
  const [anomaly] = scene.anomalies;
  const shares = ([x, y, width, height]: Box): ShareBox => [
    x / viewport.width,
    y / viewport.height,
    width / viewport.width,
    height / viewport.height,
  ];
  const walkerBoxesAt = (timeS: number): ShareBox[] =>
    walkersAt(scene, timeS)
      .filter(({ opacity }) => opacity > 0.5)
      .map((walker) => camera.boundingBox(extremes(walker)))
      .filter((box) => isInView(box))
      .map(shares);
  if (anomaly === undefined) {
    return { anomalyAt: () => undefined, anomalyBoxAt: () => undefined, walkerBoxesAt };
  }

  const stage = stageOf(scene.site, camera, anomaly.laneZ);
  const seed = scene.seed + Math.round(anomaly.startS * 1000);
  const performance = perform(anomaly, stage, randomLook(seededRandom(seed)), seed);
  const actorsAt = (timeS: number) => performance(timeS).filter(({ anomalous }) => anomalous);
  const boxAt = (timeS: number): Box | undefined =>
    camera.boundingBox(actorsAt(timeS).flatMap(({ actor }) => extremes(actor)));
  const placeAt = (timeS: number): GroundPoint | undefined => {
    const [staged] = actorsAt(timeS);
    return staged === undefined ? undefined : footing(staged.actor);
  };
  const { kind, startS, endS } = anomaly;
  const lastS = kind === 'fall' ? endS - GETTING_UP_S : endS;

  const anomalyAt = (timeS: number): AnomalyView | undefined => {
    if (timeS < startS + clearAfterS[kind] || timeS >= lastS) return undefined;
    const box = boxAt(timeS);
    if (!isInView(box)) return undefined;
    const still = { box: shares(box), label: kind, heading: 'left' } as const;
    if (kind !== 'running' && kind !== 'wrong_way' && kind !== 'vehicle') return still;
    const motion = motionBetween(placeAt(timeS - STEP_S), placeAt(timeS), placeAt(timeS + STEP_S));
    if (motion === undefined) return undefined;
    const heading = headingOf(camera, motion);
    return kind === 'vehicle'
      ? { ...still, heading }
      : { ...still, heading, label: hurry(scene, stage, motion) };
  };
  const anomalyBoxAt = (timeS: number): ShareBox | undefined => {
    const box = boxAt(timeS);
    return box === undefined ? undefined : shares(box);
  };
  return { anomalyAt, anomalyBoxAt, walkerBoxesAt };
}

function isInView(box: Box | undefined): box is Box {
  return box !== undefined && box[2] >= LEAST_WIDTH && box[3] >= LEAST_HEIGHT;
}

interface Motion {
  readonly from: GroundPoint;
  readonly to: GroundPoint;
}

/** Undefined where it turns round, so that the pictures show both directions, or is not known. */
function motionBetween(
  before: GroundPoint | undefined,
  now: GroundPoint | undefined,
  after: GroundPoint | undefined,
): Motion | undefined {
  if (now === undefined) return undefined;
  if (before === undefined) return after === undefined ? undefined : { from: now, to: after };
  const turned = after !== undefined && Math.sign(now.x - before.x) !== Math.sign(after.x - now.x);
  return turned ? undefined : { from: before, to: now };
}

/**
 * Who hurries is told by what can be seen, not by why it was staged: against the traffic of a one-way lane it is the wrong
 * way, also on the way back of somebody who runs to and fro; where people walk both ways it is running.
 */
function hurry(scene: Scene, stage: Stage, { from, to }: Motion): DrawnLabel {
  const against = Math.sign(to.x - from.x) !== stage.direction;
  return against && scene.site.walkway.traffic === 'oneWay' ? 'wrong_way' : 'running';
}

/** Sideways or in depth, whichever is more. */
function headingOf(camera: PerspectiveCamera, { from, to }: Motion): Heading {
  const [start, end] = [vec(from.x, 0, from.z), vec(to.x, 0, to.z)];
  const [before, after] = [camera.project(start), camera.project(end)];
  const deeper = camera.depthOf(end) - camera.depthOf(start);
  const sidewaysM = before === undefined || after === undefined ? 0 : (after.x - before.x) / after.scale;
  if (Math.abs(deeper) > Math.abs(sidewaysM)) return deeper > 0 ? 'away' : 'towards';
  return sidewaysM > 0 ? 'right' : 'left';
}
