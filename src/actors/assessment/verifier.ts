import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { Clip } from '../../protocol/camera.js';
import type { UntimedStep } from '../../trace.js';
import { AdmissionQueue, type QueuedCandidate } from '../../verification/admission.js';
import type { UnverifiedReason } from '../../verification/verdict.js';
import {
  answered,
  modelOf,
  unanswered,
  unverified,
  type Outcome,
  type Verification,
  type Vlm,
  type VlmAnswered,
} from './verification.js';

/** Milliseconds after which a candidate that still waits is not worth a verdict any more. */
const WORTH_A_VERDICT_MS = 60_000;

/** What the VLM is asked. */
export interface Question {
  eventId: string;
  camera: string;
  /** Its pictures may be moved away. */
  clip: Clip;
  vlm: Vlm;
}

/** Of looks: a candidate that is looked at again counts again. */
export interface VerifierCounters {
  /** Each becomes one of the others: `submitted = confirmed + rejected + failed + all unverified + waiting + running`. */
  submitted: number;
  confirmed: number;
  rejected: number;
  failed: number;
  unverified: Record<UnverifiedReason, number>;
  /** Candidates whose deadline passed before their first verdict. */
  late: number;
  waiting: number;
  /** 0 or 1. */
  running: number;
  /** The most that ever waited. */
  highWater: number;
}

export interface VerifierOptions {
  clock: Clock;
  /** Candidates that may wait, at least 1. */
  capacity: number;
  /** Milliseconds from onset until people are told without a verdict. */
  deadlineMs: number;
  /** The VLM for a camera, or why there is none. */
  vlmFor: (camera: string) => Vlm | UnverifiedReason;
  /**
   * Asks the VLM; one question at a time. Always settles. Throws `vlm.bad_output` (with the `output`), `vlm.deadline`
   * and `vlm.failed` when it was asked in vain, anything else when it could not be asked.
   */
  ask: (question: Question) => Promise<VlmAnswered>;
  /** Called exactly once a look; at once, within `submit`, for one that is given up right away. */
  onVerdict: (eventId: string, verification: Verification) => void;
  /** Hears of each step on the way, for the event's trace. */
  onStep: (eventId: string, step: UntimedStep) => void;
}

/** What is to be looked at: an anomaly at its onset, or as it is now. */
export type Look = Pick<QueuedCandidate, 'eventId' | 'camera' | 'score' | 'threshold'> & {
  /** It has a verdict already: nobody waits for another. */
  isAgain: boolean;
};

/** A candidate that waits or is looked at. */
interface Pending {
  candidate: QueuedCandidate;
  vlm: Vlm;
  /** Null when none could be taken, and the candidate is given up. Never rejects. */
  clip: Promise<Clip | null>;
  cancelTimers: () => void;
}

/**
 * Has candidates looked at by the one VLM, the most important first. Pictures are taken at once, because they are gone a
 * second later; clips are held for those that wait, at most `capacity`, and the one that is looked at. A
 * candidate stays in the queue after its deadline, as its verdict is still worth something, but it is not begun with
 * later than a minute after it was submitted.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #queue: AdmissionQueue<QueuedCandidate>;
  /** By event id. Whoever removes one tells what became of it. */
  readonly #pending = new Map<string, Pending>();
  #running = false;
  #stopped = false;
  readonly #counts = { submitted: 0, confirmed: 0, rejected: 0, failed: 0, late: 0 };
  readonly #unverified: Record<UnverifiedReason, number> = {
    no_model: 0,
    model_unavailable: 0,
    queue_full: 0,
    merged: 0,
    deadline: 0,
    no_picture: 0,
    stopped: 0,
  };

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#queue = new AdmissionQueue(options.capacity);
  }

  get counters(): VerifierCounters {
    const { held: waiting, highWater } = this.#queue.counts;
    const running = this.#pending.size - waiting;
    return { ...this.#counts, unverified: { ...this.#unverified }, waiting, running, highWater };
  }

  /**
   * Takes a candidate that is not pending, and its pictures at once with `takeClip`, unless it is given up right away.
   */
  submit(look: Look, takeClip: () => Promise<Clip>): void {
    this.#counts.submitted += 1;
    const vlm = this.#stopped ? 'stopped' : this.#options.vlmFor(look.camera);
    if (typeof vlm === 'string') this.#conclude(look.eventId, unverified(vlm, null, 0));
    else this.#admit(look, vlm, takeClip);
  }

  /** Gives up all that is pending. What the VLM still says of the candidate that it looks at is ignored. */
  stop(): void {
    this.#stopped = true;
    this.#queue.clear();
    for (const { candidate } of [...this.#pending.values()]) this.#giveUp(candidate, 'stopped');
  }

  #queued({ eventId, camera, score, threshold }: Look): QueuedCandidate {
    const { clock, deadlineMs } = this.#options;
    const admittedMs = clock.monotonicMs();
    const expiresMs = admittedMs + Math.max(deadlineMs, WORTH_A_VERDICT_MS);
    return { eventId, camera, score, threshold, admittedMs, expiresMs };
  }

  #admit(look: Look, vlm: Vlm, takeClip: () => Promise<Clip>): void {
    const candidate = this.#queued(look);
    const lost = this.#queue.admit(candidate);
    const mergedInto = lost?.reason === 'merged' ? lost.mergedInto : null;
    if (lost?.candidate === candidate) {
      this.#conclude(candidate.eventId, unverified(lost.reason, mergedInto, 0));
      return;
    }
    const clip = this.#takeClip(candidate, takeClip);
    this.#pending.set(candidate.eventId, {
      candidate,
      vlm,
      clip,
      cancelTimers: this.#arm(candidate, look.isAgain),
    });
    this.#options.onStep(candidate.eventId, { type: 'queued', waiting: this.#queue.counts.held });
    if (lost !== null) this.#giveUp(lost.candidate, lost.reason, mergedInto);
    if (!this.#running) void this.#run();
  }

  async #takeClip(candidate: QueuedCandidate, takeClip: () => Promise<Clip>): Promise<Clip | null> {
    try {
      const clip = await takeClip();
      const { pictures, secondsBefore } = clip;
      const step = { type: 'clip', pictures: pictures.length, seconds_before: secondsBefore } as const;
      this.#options.onStep(candidate.eventId, step);
      return clip;
    } catch (thrown) {
      this.#queue.withdraw(candidate);
      this.#giveUp(candidate, 'no_picture', AppError.from(thrown).message);
      return null;
    }
  }

  #arm({ eventId, admittedMs, expiresMs }: QueuedCandidate, isAgain: boolean): () => void {
    const { clock, deadlineMs, onStep } = this.#options;
    const late = (): void => {
      this.#counts.late += 1;
      onStep(eventId, { type: 'late' });
    };
    const cancelDeadline = isAgain ? () => undefined : clock.after(deadlineMs, late);
    const cancelExpiry = clock.after(expiresMs - admittedMs, () => {
      for (const expired of this.#queue.expire(clock.monotonicMs())) this.#giveUp(expired, 'deadline');
    });
    return () => {
      cancelDeadline();
      cancelExpiry();
    };
  }

  /** Looks at what waits, one candidate at a time, until nothing does. */
  async #run(): Promise<void> {
    this.#running = true;
    for (;;) {
      const next = this.#queue.take(this.#options.clock.monotonicMs());
      if (next === undefined) break;
      const pending = this.#pending.get(next.eventId);
      if (pending === undefined) continue;
      const clip = await pending.clip;
      // Everything may have been stopped meanwhile.
      if (clip !== null && this.#pending.has(next.eventId))
        this.#settle(next.eventId, await this.#ask(next, pending.vlm, clip));
    }
    this.#running = false;
  }

  async #ask({ eventId, camera, admittedMs }: QueuedCandidate, vlm: Vlm, clip: Clip): Promise<Outcome> {
    const { clock, ask, onStep } = this.#options;
    const askedMs = clock.monotonicMs();
    const waitedMs = askedMs - admittedMs;
    onStep(eventId, { type: 'asked', model: modelOf(vlm), prompt: vlm.prompt, waited_ms: waitedMs });
    try {
      return answered(await ask({ eventId, camera, clip, vlm }), vlm, waitedMs);
    } catch (thrown) {
      return unanswered(AppError.from(thrown), vlm, waitedMs, clock.monotonicMs() - askedMs);
    }
  }

  #giveUp(
    { eventId, admittedMs }: QueuedCandidate,
    reason: UnverifiedReason,
    detail: string | null = null,
  ): void {
    this.#settle(eventId, unverified(reason, detail, this.#options.clock.monotonicMs() - admittedMs));
  }

  /** Nothing when it is settled already: it was given up, or everything was stopped, while it was looked at. */
  #settle(eventId: string, outcome: Outcome): void {
    const pending = this.#pending.get(eventId);
    if (pending === undefined) return;
    pending.cancelTimers();
    this.#pending.delete(eventId);
    this.#conclude(eventId, outcome);
  }

  #conclude(eventId: string, { verification, step }: Outcome): void {
    if (verification.verdict === 'unverified') this.#unverified[verification.reason] += 1;
    else if (verification.verdict === 'verification-failed') this.#counts.failed += 1;
    else this.#counts[verification.verdict] += 1;
    this.#options.onStep(eventId, step);
    this.#options.onVerdict(eventId, verification);
  }
}
