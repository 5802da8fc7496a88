import type { Colour } from './colour.js';
import type { ScheduledAnomaly } from './demo-cameras.js';
import type { CameraPose, GroundPoint } from './perspective.js';

/** A vertical wall standing on the ground line `from`-`to`. */
export interface Wall {
  readonly from: GroundPoint;
  readonly to: GroundPoint;
  readonly heightM: number;
  readonly colour: Colour;
  readonly finish: 'brick' | 'plaster' | 'hedge' | 'gateway';
}

/** Street furniture; it stands where it never hides the walkway from the camera. */
export interface Furniture {
  readonly kind: 'tree' | 'lamp' | 'bench' | 'bin' | 'bollard' | 'planter';
  readonly at: GroundPoint;
}

/** Illumination of a whole site. */
export interface Light {
  readonly skyTop: Colour;
  readonly skyBottom: Colour;
  /** Ground offset in metres of the shadow of a point one metre up. */
  readonly shadowPerMetre: GroundPoint;
  readonly shadowOpacity: number;
  /** Multiplies every pixel of the finished frame: white is noon, blue is dusk. */
  readonly tint: Colour;
}

/** Everything that stands still. The walkway runs along x, centred on z = 0. */
export interface Site {
  readonly camera: CameraPose;
  readonly walkway: {
    readonly halfWidthM: number;
    /** People enter and leave at plus and minus this x. */
    readonly halfLengthM: number;
    readonly tileM: number;
    readonly colour: Colour;
    /** `keepRight`: each half of the width has its own direction; `oneWay`: everyone walks towards +x. */
    readonly traffic: 'keepRight' | 'oneWay';
  };
  readonly ground: { readonly colour: Colour; readonly finish: 'grass' | 'gravel' };
  readonly kerb: Colour;
  readonly walls: readonly Wall[];
  readonly furniture: readonly Furniture[];
  readonly light: Light;
}

/** Colours of what a person wears. */
export interface Clothes {
  readonly top: Colour;
  readonly trousers: Colour;
}

/** How a person looks; lengths in metres. */
export interface Look extends Clothes {
  readonly heightM: number;
  /** Breadth relative to an average person. */
  readonly build: number;
  readonly skin: Colour;
  readonly hair: Colour;
}

/** Someone who walks the length of the walkway over and over, a whole number of times in a period. */
export interface Walker {
  readonly look: Look;
  readonly laneZ: number;
  readonly direction: 1 | -1;
  /** Length in metres of the straight that is walked before starting anew. */
  readonly straightM: number;
  readonly lapsPerPeriod: number;
  /** Share of a lap, in [0, 1), already walked at t = 0. */
  readonly phase: number;
  /** Metres of a full gait cycle (two steps). */
  readonly strideM: number;
}

/** An anomaly of the timetable, with where on the walkway it is staged. */
export interface StagedAnomaly extends ScheduledAnomaly {
  readonly laneZ: number;
  /** Clothes of the person concerned; random when left out. */
  readonly clothes?: Clothes;
}

/** A pure function of time with period `periodS`: a clip of that length loops without a jump. */
export interface Scene {
  readonly seed: number;
  readonly periodS: number;
  readonly site: Site;
  readonly walkers: readonly Walker[];
  readonly anomalies: readonly StagedAnomaly[];
}
