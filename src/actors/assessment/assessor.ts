import type { Clock } from '../../clock.js';
import { wait } from '../../clock.js';
import type { AgentRuleConfig } from '../../config/config.js';
import { agentTask, noHistory } from '../../decision/agent-task.js';
import type { Assessment } from '../../decision/assessment.js';
import type { AgentHistory, AgentTask, Decision, Finding } from '../../decision/decision.js';
import { decideByPolicy } from '../../decision/policy.js';
import type { Episode, EpisodeScore } from '../../scoring/episode.js';
import type { Candidate } from '../events/recorder.js';
import { LookPacing } from './look-pacing.js';

export interface AssessorOptions {
  clock: Clock;
  /** Milliseconds from a candidate's onset to the moment at which people are told without a verdict. */
  deadlineMs: number;
  /** As they are now. */
  rules: () => readonly AgentRuleConfig[];
  nameOf: (camera: string) => string;
  /**
   * Has a candidate looked at, as it is in the frame of `score`, for the first time or again; `found` has to be called
   * once for each look.
   */
  verify: (candidate: Candidate, score: EpisodeScore, isAgain: boolean) => void;
  /** Never rejects. */
  decide: (task: AgentTask) => Promise<Decision>;
  /** What the store knows of a camera's events of a label before `startTime`, Unix seconds. */
  history: (camera: string, label: string, startTime: number) => Promise<AgentHistory>;
  /** Hears of each decision, for the event's trace. */
  onDecided: (eventId: string, decision: Decision) => void;
  /** Hears of each assessment: two at most that are not final, and then a final one. */
  onAssessed: (candidate: Candidate, assessment: Assessment) => void;
}

/** A database that is busy must not hold a decision up. */
const HISTORY_DEADLINE_MS = 1_000;

interface OpenCase {
  candidate: Candidate;
  cancelDeadline: () => void;
  pacing: LookPacing;
  /** A look, or the decision on it, is under way. */
  isLooking: boolean;
  hasEnded: boolean;
  /** What stands unless a later look finds something; null before the first verdict. */
  rejection: Assessment | null;
}

/**
 * Sees each candidate through: a VLM looks at it, an agent decides, and when that takes too long the written policy
 * decides without a verdict, so that no alert waits for a model. What the VLM takes for ordinary at its onset it looks
 * at again while the anomaly goes on, less and less often: somebody who passes may be followed by somebody who falls.
 */
export class Assessor {
  readonly #options: AssessorOptions;
  readonly #cases = new Map<string, OpenCase>();
  #stopping = false;
  #settled: () => void = () => undefined;

  constructor(options: AssessorOptions) {
    this.#options = options;
  }

  /**
   * Candidates that have no final assessment yet; bounded by the cameras, which have one that goes on each, and the
   * verifier, which answers for each within a minute.
   */
  get open(): number {
    return this.#cases.size;
  }

  /** Takes a candidate at its onset. */
  consider(candidate: Candidate): void {
    const { clock, deadlineMs } = this.#options;
    const { eventId, episode } = candidate;
    const cancelDeadline = clock.after(deadlineMs, () => {
      this.#late(candidate);
    });
    const open = {
      candidate,
      cancelDeadline,
      pacing: new LookPacing(),
      isLooking: false,
      hasEnded: false,
      rejection: null,
    };
    this.#cases.set(eventId, open);
    this.#look(open, episode.peak);
  }

  /** The anomaly scores high still; the newest score is the last of `episode`. */
  held(eventId: string, episode: Episode): void {
    const open = this.#cases.get(eventId);
    if (open === undefined) return;
    open.candidate = { ...open.candidate, episode };
    if (open.isLooking || this.#stopping || !open.pacing.isDue(episode.last.ptsUs)) return;
    this.#look(open, episode.last);
  }

  /** The anomaly is over: a rejection of it stands. */
  ended(eventId: string): void {
    const open = this.#cases.get(eventId);
    if (open === undefined) return;
    open.hasEnded = true;
    this.#closeIfDone(open);
  }

  /** Takes what came of a look at a candidate. */
  async found(eventId: string, finding: Finding, vlm: Assessment['vlm']): Promise<void> {
    const open = this.#cases.get(eventId);
    if (open === undefined) return;
    // A later look counts only if it finds something.
    if (open.rejection === null || finding.verdict === 'confirmed') await this.#decide(open, finding, vlm);
    open.isLooking = false;
    this.#closeIfDone(open);
  }

  /** Nothing is looked at again: what was rejected stays so. */
  stop(): void {
    this.#stopping = true;
    for (const open of [...this.#cases.values()]) this.#closeIfDone(open);
  }

  /** Resolves when every candidate has its final assessment. */
  async settled(): Promise<void> {
    if (this.#cases.size > 0) await new Promise<void>((resolve) => (this.#settled = resolve));
  }

  #look(open: OpenCase, score: EpisodeScore): void {
    open.isLooking = true;
    open.pacing.looked(score.ptsUs);
    this.#options.verify(open.candidate, score, open.rejection !== null);
  }

  async #decide(open: OpenCase, finding: Finding, vlm: Assessment['vlm']): Promise<void> {
    const { candidate, cancelDeadline } = open;
    const { decide, onDecided, onAssessed } = this.#options;
    const history = await this.#history(candidate, finding);
    const decision = await decide(this.#task(candidate, finding, history));
    cancelDeadline();
    onDecided(candidate.eventId, decision);
    const mayChange = finding.verdict === 'rejected' && !open.hasEnded && !this.#stopping;
    const assessment: Assessment = { finding, decision, vlm, final: !mayChange };
    open.rejection = mayChange ? assessment : null;
    if (!mayChange) this.#close(open);
    onAssessed(candidate, assessment);
  }

  #closeIfDone(open: OpenCase): void {
    const { candidate, rejection, isLooking, hasEnded } = open;
    if (rejection === null || isLooking || !(hasEnded || this.#stopping)) return;
    this.#close(open);
    this.#options.onAssessed(candidate, { ...rejection, final: true });
  }

  #close({ candidate }: OpenCase): void {
    this.#cases.delete(candidate.eventId);
    if (this.#cases.size === 0) this.#settled();
  }

  #late(candidate: Candidate): void {
    const finding: Finding = { verdict: 'unverified', reason: 'deadline' };
    const decision = decideByPolicy(this.#task(candidate, finding, noHistory), null);
    this.#options.onDecided(candidate.eventId, decision);
    this.#options.onAssessed(candidate, { finding, decision, vlm: null, final: false });
  }

  #task(
    { eventId, camera, episode, threshold }: Candidate,
    finding: Finding,
    history: AgentHistory,
  ): AgentTask {
    return agentTask({
      eventId,
      camera: { id: camera, name: this.#options.nameOf(camera) },
      topScore: episode.peak.anomalyScore,
      threshold,
      startTime: episode.start.wallTime,
      finding,
      rules: this.#options.rules(),
      history,
    });
  }

  /** Only what a VLM named can have happened before. */
  async #history({ camera, episode }: Candidate, finding: Finding): Promise<AgentHistory> {
    if (finding.verdict !== 'confirmed') return noHistory;
    const { history, clock } = this.#options;
    const known = history(camera, finding.answer.label, episode.start.wallTime).catch(() => noHistory);
    return Promise.race([known, wait(clock, HISTORY_DEADLINE_MS).then(() => noHistory)]);
  }
}
