/**
 * The tail of a camera's ordinary scores, and the level that they pass once in so many days: peaks over a threshold
 * follow a generalised Pareto distribution (Pickands: Statistical Inference Using Extreme Order Statistics, Annals of
 * Statistics 1975; Coles: An Introduction to Statistical Modeling of Extreme Values, 2001, chapter 4).
 */
import type { Random } from '../random.js';
import { S_PER_DAY } from '../units.js';
import { quantileOf } from '../quantile.js';

export interface Tail {
  /** Where the tail begins. */
  from: number;
  /** Scale of the excesses over `from`, in the unit of the scores. */
  scale: number;
  /** Shape: 0 falls like an exponential, negative ends somewhere, positive is heavy. */
  shape: number;
  /** Excesses a second. */
  perSecond: number;
}

export interface Level {
  level: number;
  /** Bounds of the central 80% of refits to resampled data: how sure the level is. */
  low: number;
  high: number;
}

/** Scale of an exponential tail, in the unit of energies, and the excesses it counts like. */
const PRIOR_SCALE = { scale: 1.6, excesses: 5 };
/** Of the footage at most this share may be strange to the rest, and is left out of the tail. */
const STRANGE_SHARE = 0.1;
/** Fewer maxima than these do not tell what is strange. */
const LEAST_TO_JUDGE = 40;
/** Share of the block maxima that make the tail. */
const TAIL_SHARE = 0.5;
/** Excesses that a prior for an exponential tail counts like: short calibrations must not invent a shape. */
const PRIOR_EXCESSES = 30;
const LEAST_SHAPE = -0.4;
const MOST_SHAPE = 0.4;
const RESAMPLES = 200;

/**
 * Fits the tail of the largest scores of consecutive blocks of `blockS` seconds: maxima of blocks, because scores of
 * neighbouring frames are not independent.
 */
export function fitTail(maxima: readonly number[], blockS: number): Tail {
  const from = quantileOf(maxima, 1 - TAIL_SHARE);
  const excesses = maxima.filter((value) => value > from).map((value) => value - from);
  const { scale, shape } = fitExcesses(excesses);
  return { from, scale, shape, perSecond: Math.max(1, excesses.length) / (maxima.length * blockS) };
}

/**
 * The maxima without those twice as far out as the rest would get in a hundred days: an anomaly among the footage must
 * not make the likes of it ordinary.
 */
export function withoutStrange(maxima: readonly number[], blockS: number): number[] {
  if (maxima.length < LEAST_TO_JUDGE) return [...maxima];
  const most = quantileOf(maxima, 1 - STRANGE_SHARE);
  const rest = maxima.filter((value) => value <= most);
  const tail = fitTail(rest, blockS);
  const farthest = tail.from + 2 * (returnLevel(tail, 0.01) - tail.from);
  return maxima.filter((value) => value <= Math.max(most, farthest));
}

/** The level that ordinary scores pass `perDay` times a day, and how sure that is. */
export function levelPassed(
  maxima: readonly number[],
  blockS: number,
  perDay: number,
  random: Random,
): Level {
  // Where the budget is less than one alarm in all this footage, nothing that is in it may pass.
  const allowed = (maxima.length * blockS * perDay) / S_PER_DAY;
  const levelOf = (sample: readonly number[]): number =>
    Math.max(returnLevel(fitTail(sample, blockS), perDay), allowed < 1 ? Math.max(...sample) : -Infinity);
  const levels = Array.from({ length: RESAMPLES }, () =>
    levelOf(maxima.map(() => maxima[Math.floor(random() * maxima.length)] ?? 0)),
  );
  return { level: levelOf(maxima), low: quantileOf(levels, 0.1), high: quantileOf(levels, 0.9) };
}

/** The level that the tail passes `perDay` times a day. */
export function returnLevel({ from, scale, shape, perSecond }: Tail, perDay: number): number {
  const excessesPerAlarm = Math.max(1, (perSecond * S_PER_DAY) / perDay);
  if (Math.abs(shape) < 1e-6) return from + scale * Math.log(excessesPerAlarm);
  return from + (scale / shape) * (excessesPerAlarm ** shape - 1);
}

/** How often a day the tail passes `level`: the inverse of {@link returnLevel}. Below the tail, its excesses a day. */
export function passesPerDay({ from, scale, shape, perSecond }: Tail, level: number): number {
  const excess = Math.max(0, level - from) / scale;
  const share = Math.abs(shape) < 1e-6 ? Math.exp(-excess) : Math.max(0, 1 + shape * excess) ** (-1 / shape);
  return perSecond * S_PER_DAY * share;
}

/**
 * Probability-weighted moments (Hosking and Wallis: Parameter and Quantile Estimation for the Generalized Pareto
 * Distribution, Technometrics 1987), the shape drawn towards 0 by the prior.
 */
function fitExcesses(excesses: readonly number[]): { scale: number; shape: number } {
  const sorted = excesses.toSorted((a, b) => a - b);
  const count = sorted.length;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const mean = (total + PRIOR_SCALE.scale * PRIOR_SCALE.excesses) / (count + PRIOR_SCALE.excesses);
  const own = total / count;
  const weighted = sorted.reduce((sum, value, i) => sum + value * (1 - (i + 0.65) / count), 0) / count;
  const estimate = 2 - own / (own - 2 * weighted);
  const drawn = (count * (Number.isFinite(estimate) ? estimate : 0)) / (count + PRIOR_EXCESSES);
  const shape = Math.min(MOST_SHAPE, Math.max(LEAST_SHAPE, drawn));
  // The mean of the distribution is scale / (1 - shape).
  return { scale: mean * (1 - shape), shape };
}
