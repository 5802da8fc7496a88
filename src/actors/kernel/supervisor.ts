import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { decideRestart, recentFailures, type RestartPolicy } from './restart-policy.js';

/** A running child as its supervisor sees it. */
export interface Child {
  /** Settles when the child is gone: null after `stop` or a normal end, otherwise why. Never rejects. */
  readonly exited: Promise<AppError | null>;
  /** Asks it to stop and waits until it is gone, at most `deadlineMs`; throws `thread.deadline` after that. */
  stop(deadlineMs: number): Promise<void>;
}

/** How to run one child, as data. */
export interface ChildSpec {
  id: string;
  /** Children of one stage stop together; stages stop in the reverse of the order they first appeared in. */
  stage: string;
  /** May throw: a restart that fails counts like an exit. */
  start(): Promise<Child>;
  policy: RestartPolicy;
  /** What a child that fails too often means: it stays away alone, or the whole process has to start over. */
  onGiveUp: 'quarantine' | 'escalate';
  /** Time that `stop` allows, milliseconds. */
  shutdownMs: number;
}

export type ChildState = 'starting' | 'running' | 'backing_off' | 'quarantined' | 'ended';

/** Everything the supervisor does, in one union, for logs and for whoever shows the child's state. */
export type SupervisorEvent =
  | { type: 'started'; id: string }
  | { type: 'ended'; id: string }
  | { type: 'failed'; id: string; error: AppError; restartInMs: number }
  | { type: 'gaveUp'; id: string; error: AppError; failures: number; escalated: boolean };

interface Entry {
  spec: ChildSpec;
  state: ChildState;
  child: Child | null;
  failuresMs: number[];
  /** Settles when the restart under way, if any, is over. */
  starting: Promise<void>;
  cancelRestart: () => void;
  stopping: boolean;
}

export interface SupervisorOptions {
  clock: Clock;
  /** In [0, 1); injected for tests. */
  random: () => number;
  onEvent: (event: SupervisorEvent) => void;
}

/**
 * One for one: a child that fails is restarted alone, after a growing, jittered delay; one that fails too often is
 * quarantined or escalated. Stages of
 * children stop in the reverse of the order they were started in.
 */
export class Supervisor {
  readonly #entries = new Map<string, Entry>();
  /** In the order of their first child. */
  readonly #stages: string[] = [];
  readonly #options: SupervisorOptions;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /**
   * Starts a child. Throws what its first start throws, and forgets it: what never ran is not restarted but told to
   * whoever asked for it. Throws `service.stopping` once `stop` was called.
   */
  async add(spec: ChildSpec): Promise<void> {
    if (this.#stopping)
      throw new AppError('service.stopping', `${spec.id} is not started: the service stops`);
    if (this.#entries.has(spec.id)) throw new AppError('bug', `child ${spec.id} exists already`);
    const entry: Entry = {
      spec,
      state: 'starting',
      child: null,
      failuresMs: [],
      starting: Promise.resolve(),
      cancelRestart: () => undefined,
      stopping: false,
    };
    this.#entries.set(spec.id, entry);
    this.reserve(spec.stage);
    const started = this.#firstStart(entry);
    // Whoever removes it meanwhile waits until there is something to stop.
    entry.starting = started.catch(() => undefined);
    try {
      await started;
    } catch (error) {
      this.#entries.delete(spec.id);
      throw error;
    }
  }

  /** Gives a stage its place among the others before it has a child. */
  reserve(stage: string): void {
    if (!this.#stages.includes(stage)) this.#stages.push(stage);
  }

  state(id: string): ChildState | undefined {
    return this.#entries.get(id)?.state;
  }

  /** Failures of a child within its policy's window. */
  failures(id: string): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 0;
    return recentFailures(entry.spec.policy, entry.failuresMs, this.#options.clock.monotonicMs()).length;
  }

  /**
   * Stops one child and forgets it; its `ended` has been told then. Throws `thread.deadline` when it does not end in
   * its `shutdownMs`; it may be removed again.
   */
  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.stopping = true;
    entry.cancelRestart();
    await entry.starting;
    const { child } = entry;
    await child?.stop(entry.spec.shutdownMs);
    await child?.exited;
    this.#entries.delete(id);
  }

  /** Removes all children, the last stage first, and returns the ids of those that did not end in time. */
  async stop(): Promise<string[]> {
    const stuck: string[] = [];
    this.#stopping = true;
    for (const stage of this.#stages.reverse()) {
      const ids = [...this.#entries.values()]
        .filter((entry) => entry.spec.stage === stage)
        .map(({ spec }) => spec.id);
      await Promise.all(ids.map((id) => this.remove(id).catch(() => stuck.push(id))));
    }
    return stuck;
  }

  async #firstStart(entry: Entry): Promise<void> {
    this.#running(entry, await entry.spec.start());
  }

  async #restart(entry: Entry): Promise<void> {
    entry.state = 'starting';
    try {
      this.#running(entry, await entry.spec.start());
    } catch (thrown) {
      this.#exited(entry, AppError.from(thrown));
    }
  }

  #running(entry: Entry, child: Child): void {
    entry.child = child;
    entry.state = 'running';
    this.#options.onEvent({ type: 'started', id: entry.spec.id });
    void child.exited.then((error) => {
      entry.child = null;
      this.#exited(entry, error);
    });
  }

  #exited(entry: Entry, error: AppError | null): void {
    const { id, policy, onGiveUp } = entry.spec;
    const { clock, random, onEvent } = this.#options;
    if (error === null || entry.stopping) {
      entry.state = 'ended';
      onEvent({ type: 'ended', id });
      return;
    }
    const now = clock.monotonicMs();
    entry.failuresMs = recentFailures(policy, [...entry.failuresMs, now], now);
    const decision = decideRestart(policy, entry.failuresMs, now, random());
    if (decision.type === 'giveUp') {
      entry.state = 'quarantined';
      onEvent({ type: 'gaveUp', id, error, failures: decision.failures, escalated: onGiveUp === 'escalate' });
      return;
    }
    entry.state = 'backing_off';
    onEvent({ type: 'failed', id, error, restartInMs: decision.delayMs });
    entry.cancelRestart = clock.after(decision.delayMs, () => {
      entry.starting = this.#restart(entry);
    });
  }
}
