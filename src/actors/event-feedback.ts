import { AppError } from '../errors.js';
import type { AnomalyEvent, Feedback } from '../event.js';
import { sampleOfPattern } from '../scoring/anomaly-event.js';
import type { Calibrations } from './calibrations.js';

export interface EventFeedbackOptions {
  /** Null when there is none. */
  load: (id: string) => Promise<AnomalyEvent | null>;
  /** Resolves when the event's state is durable; a later one replaces it. */
  store: (event: AnomalyEvent) => Promise<void>;
  calibrations: Pick<Calibrations, 'forgive' | 'unforgive'>;
  /** Hears of each event once its feedback is durable. */
  onGiven: (event: AnomalyEvent) => void;
}

interface Newest {
  event: AnomalyEvent;
  /** The recorder sends no other state of it. */
  isLast: boolean;
}

/**
 * What people say of events. Recorders store through here: an event that goes on would else lose its feedback with its
 * next state, or feedback would undo a state that came meanwhile.
 */
export class EventFeedback {
  readonly #options: EventFeedbackOptions;
  /** The newest state of each event that another may follow, or that is not durable yet. */
  readonly #newest = new Map<string, Newest>();

  constructor(options: EventFeedbackOptions) {
    this.#options = options;
  }

  /** Stores a recorder's state of an event, with the feedback it has; resolves when that is durable. */
  async append(event: AnomalyEvent, isLast: boolean): Promise<void> {
    const { feedback, feedback_note } = this.#newest.get(event.id)?.event.data ?? {};
    const given = {
      ...(feedback !== undefined && { feedback }),
      ...(feedback_note !== undefined && { feedback_note }),
    };
    await this.#store({ ...event, data: { ...event.data, ...given } }, isLast);
  }

  /**
   * Stores what somebody says of an event, in place of what was said before. The pattern of a false alarm is forgiven
   * by its camera's calibration. Throws `event.not_found`.
   */
  async give(id: string, { verdict, note }: Feedback): Promise<AnomalyEvent> {
    const { load, calibrations, onGiven } = this.#options;
    const event = this.#newest.get(id)?.event ?? (await load(id));
    if (event === null) throw new AppError('event.not_found', `there is no event ${id}`, { event: id });
    const { feedback_note: _earlier, ...data } = event.data;
    const said = { feedback: verdict, ...(note !== undefined && { feedback_note: note }) };
    const given = { ...event, data: { ...data, ...said } };
    await this.#store(given, this.#newest.get(id)?.isLast ?? true);
    onGiven(given);
    const sample = sampleOfPattern(data['pattern']);
    if (sample !== null && verdict === 'false_alarm') await calibrations.forgive(event.camera, sample);
    if (sample !== null && verdict === 'right') await calibrations.unforgive(event.camera, sample);
    return given;
  }

  async #store(event: AnomalyEvent, isLast: boolean): Promise<void> {
    this.#newest.set(event.id, { event, isLast });
    await this.#options.store(event);
    if (isLast && this.#newest.get(event.id)?.event === event) this.#newest.delete(event.id);
  }
}
