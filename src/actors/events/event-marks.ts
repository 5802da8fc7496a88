import { AppError } from '../../errors.js';
import type { AnomalyEvent, Feedback } from '../../event.js';
import type { RecordedClip } from '../../protocol/camera.js';
import { sampleOfPattern } from '../../scoring/anomaly-event.js';
import type { Calibrations } from '../calibration/calibrations.js';

export interface EventMarksOptions {
  /** Null when there is none. */
  load: (id: string) => Promise<AnomalyEvent | null>;
  /**
   * Resolves when the event's state is durable; a later one replaces it. `before` is the state that it follows, null
   * for the first.
   */
  store: (event: AnomalyEvent, before: AnomalyEvent | null) => Promise<void>;
  calibrations: Pick<Calibrations, 'forgive' | 'unforgive'>;
}

interface Newest {
  event: AnomalyEvent;
  /** The recorder sends no other state of it. */
  isLast: boolean;
}

/**
 * What people say of events, and whether they are to be kept. Every state of an event is stored through here: one that
 * goes on would else lose its marks with its next state, or a mark would undo a state that came meanwhile.
 */
export class EventMarks {
  readonly #options: EventMarksOptions;
  /** The newest state of each event that another may follow, or that is not durable yet. */
  readonly #newest = new Map<string, Newest>();
  /** The last of the changes of each event that are under way. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: EventMarksOptions) {
    this.#options = options;
  }

  /** Stores a recorder's state of an event, with the marks it has; resolves when that is durable. */
  async append(event: AnomalyEvent, isLast: boolean): Promise<void> {
    const before = this.#newest.get(event.id)?.event ?? null;
    const { feedback, feedback_note } = before?.data ?? {};
    const said = {
      ...(feedback !== undefined && { feedback }),
      ...(feedback_note !== undefined && { feedback_note }),
    };
    const kept = event.kept || before?.kept === true;
    await this.#store({ ...event, kept, data: { ...event.data, ...said } }, before, isLast);
  }

  /**
   * Stores what somebody says of an event, in place of what was said before. The pattern of a false alarm is forgiven
   * by its camera's calibration. Throws `event.not_found`.
   */
  async give(id: string, { verdict, note }: Feedback): Promise<AnomalyEvent> {
    const said = { feedback: verdict, ...(note !== undefined && { feedback_note: note }) };
    const { after } = await this.#change(id, (event) => ({
      ...event,
      data: { ...withoutFeedback(event), ...said },
    }));
    await this.#learn(after, verdict === 'false_alarm');
    return after;
  }

  /** Takes back what was said of an event, and what its camera forgave for it. Throws `event.not_found`. */
  async withdraw(id: string): Promise<AnomalyEvent> {
    const { before, after } = await this.#change(id, (event) =>
      event.data['feedback'] === undefined ? event : { ...event, data: withoutFeedback(event) },
    );
    if (before.data['feedback'] === 'false_alarm') await this.#learn(after, false);
    return after;
  }

  /** Marks an event as one to keep, or as one like any other. Throws `event.not_found`. */
  async keep(id: string, kept: boolean): Promise<AnomalyEvent> {
    const { after } = await this.#change(id, (event) => (event.kept === kept ? event : { ...event, kept }));
    return after;
  }

  /** The event has a clip, which came after its last state. Throws `event.not_found`. */
  async clipSaved(id: string, { codec, seconds }: RecordedClip): Promise<void> {
    const facts = { clip_codec: codec, clip_seconds: seconds };
    await this.#change(id, (event) => ({ ...event, has_clip: true, data: { ...event.data, ...facts } }));
  }

  /** The event's clip is there no more. Throws `event.not_found`. */
  async clipRemoved(id: string): Promise<void> {
    await this.#change(id, (event) => (event.has_clip ? { ...event, has_clip: false } : event));
  }

  /** One change of an event after the other: two that start from the same state would undo each other. */
  async #change(id: string, change: (event: AnomalyEvent) => AnomalyEvent): Promise<Changed> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(() => this.#changeNow(id, change));
    const over = turn.catch(() => undefined);
    this.#turns.set(id, over);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === over) this.#turns.delete(id);
    }
  }

  /** Stores nothing where nothing changes: the change that made it so was durable before this one's turn came. */
  async #changeNow(id: string, change: (event: AnomalyEvent) => AnomalyEvent): Promise<Changed> {
    const before = this.#newest.get(id)?.event ?? (await this.#options.load(id));
    if (before === null) throw new AppError('event.not_found', `there is no event ${id}`, { event: id });
    const after = change(before);
    if (after !== before) await this.#store(after, before, this.#newest.get(id)?.isLast ?? true);
    return { before, after };
  }

  async #learn({ camera, data }: AnomalyEvent, isFalseAlarm: boolean): Promise<void> {
    const sample = sampleOfPattern(data['pattern']);
    if (sample === null) return;
    const { calibrations } = this.#options;
    await (isFalseAlarm ? calibrations.forgive(camera, sample) : calibrations.unforgive(camera, sample));
  }

  async #store(event: AnomalyEvent, before: AnomalyEvent | null, isLast: boolean): Promise<void> {
    this.#newest.set(event.id, { event, isLast });
    await this.#options.store(event, before);
    if (isLast && this.#newest.get(event.id)?.event === event) this.#newest.delete(event.id);
  }
}

interface Changed {
  before: AnomalyEvent;
  after: AnomalyEvent;
}

function withoutFeedback({ data }: AnomalyEvent): AnomalyEvent['data'] {
  const { feedback: _feedback, feedback_note: _note, ...others } = data;
  return others;
}
