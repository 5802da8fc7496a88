import type { AgentModel } from '../model-file.js';
import type { AgentTask } from './decision.js';

/** What main asks of the agent's thread. */
export interface LoadTask {
  model: AgentModel;
  threads: number;
}

export interface DecideTask extends LoadTask {
  task: AgentTask;
  /** One element; not 0 once nobody waits for the decision any more. Shared by both threads. */
  cancelled: Int32Array;
}
