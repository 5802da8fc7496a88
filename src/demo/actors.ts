import type { Stance } from './figure.js';
import type { GroundPoint, Vec3 } from './perspective.js';
import type { Look } from './scene.js';

/** A person at an instant; opacity in [0, 1]. */
export interface Person {
  readonly type: 'person';
  readonly look: Look;
  readonly stance: Stance;
  readonly opacity: number;
}

/** A delivery van at an instant; heading 0 is +x. */
export interface Vehicle {
  readonly type: 'vehicle';
  readonly at: GroundPoint;
  readonly headingRad: number;
}

/** A suitcase standing on the ground, or carried at `liftM` metres. */
export interface Bag {
  readonly type: 'bag';
  readonly at: GroundPoint;
  readonly liftM: number;
}

/** One puff of smoke: a soft ball; `shade` in [0, 1] is from soot to steam. */
export interface Puff {
  readonly centre: Vec3;
  readonly radiusM: number;
  readonly opacity: number;
  readonly shade: number;
}

/** One tongue of fire, from its foot to its tip. */
export interface Flame {
  readonly foot: Vec3;
  readonly tip: Vec3;
  readonly widthM: number;
}

/** A fire and its cloud at an instant. */
export interface Smoke {
  readonly type: 'smoke';
  readonly at: GroundPoint;
  readonly puffs: readonly Puff[];
  readonly flames: readonly Flame[];
}

/** Everything that is drawn over the backdrop. */
export type Actor = Person | Vehicle | Bag | Smoke;

/** An actor, and whether the ground truth counts it as the anomaly. */
export interface StagedActor {
  readonly actor: Actor;
  readonly anomalous: boolean;
}

/** The ground point that decides which actor is drawn over which. */
export function footing(actor: Actor): GroundPoint {
  return actor.type === 'person' ? actor.stance.at : actor.at;
}
