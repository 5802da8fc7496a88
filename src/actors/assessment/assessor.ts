import type { Clock } from '../../clock.js';
import { wait } from '../../clock.js';
import type { AgentRuleConfig } from '../../config/config.js';
import { agentTask, noHistory } from '../../decision/agent-task.js';
import type { Assessment } from '../../decision/assessment.js';
import type { AgentHistory, AgentTask, Decision, Finding } from '../../decision/decision.js';
import { decideByPolicy } from '../../decision/policy.js';
import type { Candidate } from '../events/recorder.js';

export interface AssessorOptions {
  clock: Clock;
  /** Milliseconds from a candidate's onset to the moment at which people are told without a verdict. */
  deadlineMs: number;
  /** As they are now. */
  rules: () => readonly AgentRuleConfig[];
  nameOf: (camera: string) => string;
  /** Has a candidate looked at; `found` has to be called for it once. */
  verify: (candidate: Candidate) => void;
  /** Never rejects. */
  decide: (task: AgentTask) => Promise<Decision>;
  /** What the store knows of a camera's events of a label before `startTime`, Unix seconds. */
  history: (camera: string, label: string, startTime: number) => Promise<AgentHistory>;
  /** Hears of each assessment: at most one that is not final, and then the final one. */
  onAssessed: (candidate: Candidate, assessment: Assessment) => void;
}

/** A database that is busy must not hold a decision up. */
const HISTORY_DEADLINE_MS = 1_000;

interface OpenCase {
  candidate: Candidate;
  cancelDeadline: () => void;
}

/**
 * Sees each candidate through: a VLM looks at it, an agent decides, and when that takes too long the written policy
 * decides without a verdict, so that no alert waits for a model.
 */
export class Assessor {
  readonly #options: AssessorOptions;
  readonly #cases = new Map<string, OpenCase>();
  #settled: () => void = () => undefined;

  constructor(options: AssessorOptions) {
    this.#options = options;
  }

  /** Candidates that have no final assessment yet; bounded by the verifier, which answers for each within a minute. */
  get open(): number {
    return this.#cases.size;
  }

  consider(candidate: Candidate): void {
    const { clock, deadlineMs, verify } = this.#options;
    const cancelDeadline = clock.after(deadlineMs, () => {
      this.#late(candidate);
    });
    this.#cases.set(candidate.eventId, { candidate, cancelDeadline });
    verify(candidate);
  }

  /** Takes what came of the verification of a candidate; the first word on it counts. */
  async found(eventId: string, finding: Finding, vlm: Assessment['vlm']): Promise<void> {
    const open = this.#cases.get(eventId);
    if (open === undefined) return;
    const { candidate, cancelDeadline } = open;
    const { decide, onAssessed } = this.#options;
    const history = await this.#history(candidate, finding);
    const decision = await decide(this.#task(candidate, finding, history));
    cancelDeadline();
    this.#cases.delete(eventId);
    onAssessed(candidate, { finding, decision, vlm, final: true });
    if (this.#cases.size === 0) this.#settled();
  }

  /** Resolves when every candidate has its final assessment. */
  async settled(): Promise<void> {
    if (this.#cases.size > 0) await new Promise<void>((resolve) => (this.#settled = resolve));
  }

  #late(candidate: Candidate): void {
    const finding: Finding = { verdict: 'unverified', reason: 'deadline' };
    const decision = decideByPolicy(this.#task(candidate, finding, noHistory), null);
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
