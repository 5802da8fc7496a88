/**
 * The agent as a graph of four stages, run anew for each event:
 *
 *     triage -> context -> decide -> act
 *                     \______________^
 *
 * `triage` sees whether there is anything for a model to decide, `context` gathers what the decision depends on,
 * `decide` asks the model, and `act` holds whatever came out within the policy. A state names its stage and carries
 * what that stage needs, so that the types allow no other edges.
 */
import { AppError } from '../errors.js';
import type { AgentModel } from '../model-file.js';
import { agentPrompt } from './agent-prompt.js';
import { proposalSchema, type AgentTask, type Decision, type Proposal, type Visited } from './decision.js';
import { isHigh } from './floors.js';
import { guard } from './guard.js';
import { answerOf, decideByPolicy, situationOf, type PolicyAnswer, type Situation } from './policy.js';

interface FlowAgent {
  model: AgentModel;
  /** Resolves with what the model wrote; may reject with anything. */
  ask: (prompt: string) => Promise<string>;
}

export interface FlowInput {
  task: AgentTask;
  /** Null when the policy decides alone. */
  agent: FlowAgent | null;
  /** Why it decides alone though there is a model; null otherwise. */
  fallback: string | null;
  /** Milliseconds from any origin. */
  now: () => number;
}

type State =
  | { node: 'triage' }
  | { node: 'context'; asked: FlowAgent | null }
  | { node: 'decide'; asked: FlowAgent; situation: Situation; policy: PolicyAnswer }
  | { node: 'act'; situation: Situation; policy: PolicyAnswer; reply: Reply | null }
  | { node: 'done'; decision: Decision };
type At<Node extends State['node']> = Extract<State, { node: Node }>;

/** What came of asking a model. */
interface Reply {
  model: AgentModel;
  rawOutput: string | null;
  ms: number;
  /** Or what is wrong with it. */
  proposal: Proposal | AppError;
}

/** Takes an event through the graph. Never rejects: whatever fails in the model, the policy decides and says why. */
export async function runFlow(input: FlowInput): Promise<Decision> {
  const visited: Visited[] = [];
  let state: State = { node: 'triage' };
  while (state.node !== 'done') {
    const { node } = state;
    const startMs = input.now();
    state = await after(state, input);
    visited.push({ node, ms: input.now() - startMs });
  }
  return { ...state.decision, visited };
}

function after(state: Exclude<State, At<'done'>>, input: FlowInput): State | Promise<State> {
  switch (state.node) {
    case 'triage':
      return triage(input);
    case 'context':
      return gather(state, input);
    case 'decide':
      return decide(state, input);
    case 'act':
      return act(state, input);
  }
}

function triage({ task, agent }: FlowInput): State {
  return { node: 'context', asked: needsModel(task) ? agent : null };
}

/** What was looked at and found ordinary, by a score that is not high, needs no second model. */
export function needsModel({ finding, event }: AgentTask): boolean {
  return finding.verdict !== 'rejected' || isHigh(event.scoreSeverity);
}

function gather({ asked }: At<'context'>, { task }: FlowInput): State {
  const situation = situationOf(task);
  const policy = answerOf(situation);
  if (asked === null) return { node: 'act', situation, policy, reply: null };
  return { node: 'decide', asked, situation, policy };
}

async function decide({ asked, situation, policy }: At<'decide'>, { task, now }: FlowInput): Promise<State> {
  const startMs = now();
  const model = asked.model;
  try {
    const rawOutput = await asked.ask(agentPrompt(model.prompt, task));
    const reply = { model, rawOutput, ms: now() - startMs, proposal: parseProposal(rawOutput) };
    return { node: 'act', situation, policy, reply };
  } catch (thrown) {
    const reply = { model, rawOutput: null, ms: now() - startMs, proposal: AppError.from(thrown) };
    return { node: 'act', situation, policy, reply };
  }
}

function act({ situation, policy, reply }: At<'act'>, { task, fallback }: FlowInput): State {
  if (reply === null) return { node: 'done', decision: decideByPolicy(task, fallback) };
  const { model, rawOutput, ms: modelMs, proposal } = reply;
  const wrote = rawOutput === null ? null : { name: model.name, sha256: model.file.sha256 };
  const trail = { model: wrote, rawOutput, modelMs };
  if (proposal instanceof AppError)
    return { node: 'done', decision: { ...decideByPolicy(task, describe(proposal)), ...trail } };
  const { answer, overruled } = guard(proposal, situation, policy);
  const decision: Decision = {
    ...answer,
    by: 'agent',
    fallback: null,
    rule: policy.rule,
    overruled,
    ...trail,
    visited: [],
  };
  return { node: 'done', decision };
}

function parseProposal(text: string): Proposal | AppError {
  const parsed = proposalSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : new AppError('agent.bad_output', "the model's answer is no decision");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For people and traces. */
export function describe({ code, message }: AppError): string {
  return `${code}: ${message}`;
}
