import { between, pick, type Random } from '../random.js';
import { montageOffsetsS, regionAround, tiles, type Box } from '../verification/montage.js';
import { answerOf, type DrawnLabel, type Heading } from './candidate-answer.js';
import type { CandidateTruth } from './candidate-truth.js';

/** One candidate to be drawn, and the truth about it. */
export interface CandidateSample {
  /** When its pictures are taken, in the order of `montageOffsetsS`. */
  readonly timesS: readonly number[];
  readonly region: Box;
  readonly label: DrawnLabel;
  readonly heading: Heading;
  /** In which of the five pictures of the region it shows. */
  readonly shows: readonly boolean[];
  /** Where in the montage something anomalous can be seen: x, y, width and height in pixels. */
  readonly marks: readonly (readonly number[])[];
  /** The answer that is to be learnt, as compact JSON. */
  readonly answer: string;
}

/**
 * A detector's box departs from the thing itself, by its size: heat is strongest at an edge that moves, and may be in a
 * part alone of what is large, such as smoke. It is made of whole cells, of which there are 24 in each direction, two
 * or more.
 */
const CENTRE_JITTER = 0.3;
const MOST_SCALE = 1.9;
const LEAST_SCALE = { small: 0.7, large: 0.35 } as const;
/** Of the picture's height: what is higher is large. */
const LARGE = 0.4;
const LEAST_BOX = 2 / 24;
const NO_BOX_SHARE = 0.03;
const RANDOM_PLACE_SHARE = 0.25;
/** How often the pictures go back less far, because the camera was just opened. */
const COLD_SHARE = 0.05;
/** Old pictures are one and a half seconds apart. */
const RING_S = 1.5;

/** Which pictures there are of a moment; those of several moments of a scene come from one ring. */
export function pictureTimes(momentS: number, ringPhaseS: number, random: Random): number[] {
  const oldestS = random() < COLD_SHARE ? momentS - between(random, 0.4, 6) : momentS - 10;
  return montageOffsetsS.map((offsetS) => {
    const wantedS = momentS - offsetS;
    if (offsetS < RING_S) return wantedS;
    const kept = ringPhaseS + Math.round((wantedS - ringPhaseS) / RING_S) * RING_S;
    const oldestKept = ringPhaseS + Math.ceil((oldestS - ringPhaseS) / RING_S) * RING_S;
    return Math.min(momentS, Math.max(kept, oldestKept));
  });
}

/** A sample of the anomaly, seen as a detector would report it; undefined while it cannot be told. */
export function anomalySample(
  truth: CandidateTruth,
  timesS: readonly number[],
  aspect: number,
  random: Random,
): CandidateSample | undefined {
  const view = truth.anomalyAt(timesS.at(-1) ?? 0);
  if (view === undefined) return undefined;
  const box = random() < NO_BOX_SHARE ? null : jittered(view.box, random);
  const region = regionAround(box, aspect);
  const shows = timesS.map((timeS) => isShown(truth.anomalyBoxAt(timeS), region));
  if (shows.at(-1) !== true) return undefined;
  return sample(truth, timesS, region, view.label, view.heading, shows);
}

/** A sample of something ordinary; undefined where the region shows something of an anomaly, too. */
export function ordinarySample(
  truth: CandidateTruth,
  timesS: readonly number[],
  aspect: number,
  random: Random,
): CandidateSample | undefined {
  const region = regionAround(ordinaryBox(truth, timesS.at(-1) ?? 0, random), aspect);
  const clear = timesS.every((timeS) => {
    const box = truth.anomalyBoxAt(timeS);
    return box === undefined || intersection(box, region) === undefined;
  });
  if (!clear) return undefined;
  const nothing = timesS.map(() => false);
  return sample(truth, timesS, region, 'normal', 'left', nothing);
}

function sample(
  truth: CandidateTruth,
  timesS: readonly number[],
  region: Box,
  label: DrawnLabel,
  heading: Heading,
  shows: readonly boolean[],
): CandidateSample {
  const seen = shows.filter((shown) => shown).length;
  const answer = JSON.stringify(answerOf({ label, heading, seen }));
  return { timesS, region, label, heading, shows, marks: marksOf(truth, timesS, region), answer };
}

/** Someone who passes by, or any place at all. */
function ordinaryBox(truth: CandidateTruth, timeS: number, random: Random): Box | null {
  if (random() < NO_BOX_SHARE) return null;
  const [walker, ...others] = truth.walkerBoxesAt(timeS);
  if (walker !== undefined && random() >= RANDOM_PLACE_SHARE)
    return jittered(pick(random, [walker, ...others]), random);
  const [width, height] = [between(random, 0.05, 0.3), between(random, 0.08, 0.5)];
  return [between(random, 0, 1 - width), between(random, 0, 1 - height), width, height];
}

function jittered([x, y, width, height]: Box, random: Random): Box {
  const least = height > LARGE ? LEAST_SCALE.large : LEAST_SCALE.small;
  const scale = (): number => Math.exp(between(random, Math.log(least), Math.log(MOST_SCALE)));
  const centreX = x + width * (0.5 + between(random, -CENTRE_JITTER, CENTRE_JITTER));
  const centreY = y + height * (0.5 + between(random, -CENTRE_JITTER, CENTRE_JITTER));
  const wide = Math.min(1, Math.max(LEAST_BOX, width * scale()));
  const high = Math.min(1, Math.max(LEAST_BOX, height * scale()));
  return [
    Math.min(Math.max(centreX - wide / 2, 0), 1 - wide),
    Math.min(Math.max(centreY - high / 2, 0), 1 - high),
    wide,
    high,
  ];
}

/** Half of it lies in the region, or it fills a quarter of the region, as a part of smoke does. */
function isShown(box: Box | undefined, region: Box): boolean {
  const common = box && intersection(box, region);
  if (box === undefined || common === undefined) return false;
  const area = common[2] * common[3];
  return area >= 0.5 * box[2] * box[3] || area >= 0.25 * region[2] * region[3];
}

function intersection(a: Box, b: Box): Box | undefined {
  const [left, top] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - left;
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - top;
  return width > 0 && height > 0 ? [left, top, width, height] : undefined;
}

function marksOf(truth: CandidateTruth, timesS: readonly number[], region: Box): number[][] {
  const views = tiles.flatMap((tile) => tile.pictures.map((index) => ({ tile, timeS: timesS[index] ?? 0 })));
  return views.flatMap(({ tile, timeS }) => {
    const shown = tile.shows === 'region' ? region : ([0, 0, 1, 1] as const);
    const box = truth.anomalyBoxAt(timeS);
    const common = box === undefined ? undefined : intersection(box, shown);
    if (common === undefined) return [];
    const [left, top] = [(common[0] - shown[0]) / shown[2], (common[1] - shown[1]) / shown[3]];
    const mark = [
      tile.x + left * tile.side,
      tile.y + top * tile.side,
      (common[2] / shown[2]) * tile.side,
      (common[3] / shown[3]) * tile.side,
    ];
    return [mark.map((value) => Math.round(value * 10) / 10)];
  });
}
