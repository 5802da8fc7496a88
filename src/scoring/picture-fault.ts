import type { AnomalyEvent, Severity } from '../event.js';
import type { HealthMessage, PictureHealth } from '../protocol/camera.js';
import { US_PER_S } from '../units.js';
import { toAnomalyEvent, type EventContext } from './anomaly-event.js';
import type { Episode, EpisodeChange, EpisodeScore } from './episode.js';

/** Kinds of health that somebody has to see to; each is the label of an event of its own. */
const pictureFaults = ['covered', 'moved', 'frozen'] as const satisfies PictureHealth[];
export type PictureFault = (typeof pictureFaults)[number];

export interface FaultChange extends EpisodeChange {
  fault: PictureFault;
}

/** One camera's way from health to the events about it: a fault is an episode as long as it lasts. */
export class FaultEpisodes {
  readonly #camera: string;
  #open: { fault: PictureFault; start: EpisodeScore } | null = null;

  constructor(camera: string) {
    this.#camera = camera;
  }

  /** Takes a change of health, in order of `ptsUs`; one fault may give way to another. */
  observe({ health, ptsUs, wallTime }: HealthMessage): FaultChange[] {
    if (health === this.#open?.fault) return [];
    const ended = this.#end(ptsUs);
    const fault = pictureFaults.find((name) => name === health);
    if (fault === undefined) return ended;
    const start = { camera: this.#camera, ptsUs, wallTime, anomalyScore: 1 };
    this.#open = { fault, start };
    return [...ended, { type: 'opened', fault, episode: episodeOf(start, ptsUs) }];
  }

  /** Ends what is open: the stream is over or was interrupted, at `wallTime` in Unix seconds. */
  interrupt(wallTime: number): FaultChange[] {
    if (this.#open === null) return [];
    const { start } = this.#open;
    return this.#end(start.ptsUs + US_PER_S * Math.max(0, wallTime - start.wallTime));
  }

  #end(ptsUs: number): FaultChange[] {
    if (this.#open === null) return [];
    const { fault, start } = this.#open;
    this.#open = null;
    return [{ type: 'ended', fault, episode: episodeOf(start, ptsUs) }];
  }
}

/** The event as clients see it; no model had a part in it. */
export function toFaultEvent(fault: PictureFault, episode: Episode, context: EventContext): AnomalyEvent {
  return {
    ...toAnomalyEvent(episode, { ...context, models: [] }),
    label: fault,
    severity: severities[fault],
    summary: `${context.camera.name}: ${summaries[fault]}`,
    reasoning: 'The picture as a whole was compared with what this camera usually shows.',
  };
}

/** Whoever covers a lens does not want to be seen; a camera may be moved or hang for many reasons. */
const severities: Record<PictureFault, Severity> = { covered: 'high', moved: 'medium', frozen: 'medium' };

const summaries: Record<PictureFault, string> = {
  covered: 'the lens is covered',
  moved: 'the camera was moved and shows another view',
  frozen: 'the picture stands still',
};

function episodeOf(start: EpisodeScore, lastUs: number): Episode {
  return { start, last: { ...start, ptsUs: lastUs }, peak: start };
}
