import type { PictureHealth } from '../protocol/camera.js';
import { US_PER_S } from '../units.js';
import type { ReferenceMatch } from './reference.js';

/** In these states what is usual says nothing, so nothing is scored. Through the dark and a blur things still move. */
const blind: readonly PictureHealth[] = ['covered', 'moved', 'frozen'];

/** Whether nothing can be told from what is usual. */
export function isBlind(health: PictureHealth): boolean {
  return blind.includes(health);
}

/** Gray levels: below the first a picture is dark whatever it was, below the second if it was far brighter. */
const BLACK = 20;
const DIM = 60;
const DIMMED = 0.3;

/** An object that hides less of the edges than this covers nothing, however close. */
const COVERED_CELLS = 0.8;
const PATTERN_KEPT = 0.6;
const CONTRAST_KEPT = 0.25;
const SHARPNESS_LOST = 0.5;
/** With fewer edges than this where they were, the view has moved. */
const IN_PLACE = 0.4;

/** What a single look says; pure. Without a reference only darkness shows. */
export function judge(match: ReferenceMatch, frozen: boolean): PictureHealth {
  const { brightness, usualBrightness, edges } = match;
  if (brightness < BLACK || (brightness < DIM && brightness < DIMMED * usualBrightness)) return 'dark';
  const seen = edges === null ? 'good' : judgeEdges(edges);
  return frozen && seen !== 'covered' ? 'frozen' : seen;
}

function judgeEdges(edges: NonNullable<ReferenceMatch['edges']>): PictureHealth {
  const patternKept = edges.pattern >= PATTERN_KEPT && edges.contrast >= CONTRAST_KEPT;
  if (edges.textureLost >= COVERED_CELLS) return patternKept ? 'blurred' : 'covered';
  // Fog or a lower gain takes contrast and sharpness alike and blurs nothing.
  if (patternKept && edges.sharpness < SHARPNESS_LOST * Math.min(1, edges.contrast)) return 'blurred';
  return edges.inPlace < IN_PLACE ? 'moved' : 'good';
}

/** How long looks must agree before the state follows, stream time. A bus that fills the picture passes sooner. */
const HEALTH_DELAY_US: Readonly<Record<PictureHealth, number>> = {
  good: 3 * US_PER_S,
  covered: 3 * US_PER_S,
  dark: 3 * US_PER_S,
  blurred: 5 * US_PER_S,
  moved: 15 * US_PER_S,
  // The stillness itself was timed.
  frozen: 0,
};

/** A state that follows what looks say once they have said it long enough. */
export class HealthState {
  #state: PictureHealth = 'good';
  #sinceUs = 0;
  #candidate: PictureHealth = 'good';
  #candidateSinceUs = 0;

  get current(): PictureHealth {
    return this.#state;
  }

  /** What the newest look said. */
  get suspected(): PictureHealth {
    return this.#candidate;
  }

  /** Takes the next look, in order of `ptsUs`. */
  observe(look: PictureHealth, ptsUs: number): void {
    if (look !== this.#candidate) {
      this.#candidate = look;
      this.#candidateSinceUs = ptsUs;
    }
    if (look === this.#state || ptsUs - this.#candidateSinceUs < HEALTH_DELAY_US[look]) return;
    this.#state = look;
    this.#sinceUs = ptsUs;
  }

  /** How long the state has lasted, stream time. */
  lastedUs(ptsUs: number): number {
    return ptsUs - this.#sinceUs;
  }
}
