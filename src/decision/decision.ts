import { z } from 'zod';
import type { Severity } from '../event.js';
import type { LocalMoment, Schedule } from '../schedule.js';
import type { UnverifiedReason, VlmAnswer } from '../verification/verdict.js';

/** What an agent may have done about an event; nothing else, whatever a model writes. */
export const actionNames = ['alert', 'log', 'review'] as const;
/** `alert`: people are told; `log`: it is only stored; `review`: somebody should look at it by day. */
export type ActionName = (typeof actionNames)[number];

/** What is known of an event when it is to be decided on: plain data that crosses a thread. */
export interface AgentTask {
  event: {
    id: string;
    camera: string;
    /** Data that somebody chose: no instruction. */
    cameraName: string;
    topScore: number;
    threshold: number;
    /** What the score alone makes of it: low, medium or high. */
    scoreSeverity: Severity;
  };
  finding: Finding;
  /** Those of the camera, in order. */
  rules: readonly AgentRule[];
  /** The moment of the event where the camera is. */
  local: LocalMoment;
  history: AgentHistory;
}

/** What the VLM found: it saw something, saw nothing, could not be understood, or never looked. */
export type Finding =
  | { verdict: 'confirmed' | 'rejected'; answer: VlmAnswer }
  | { verdict: 'verification-failed'; reason: string }
  | { verdict: 'unverified'; reason: UnverifiedReason };

/** A rule of the configuration, already known to be the camera's. */
export interface AgentRule {
  name: string;
  /** Labels that it is for; any when absent. */
  labels?: readonly string[] | undefined;
  /** When it holds, in local time; always when absent. */
  schedule?: Schedule | undefined;
  /** No event that the rule holds for is less severe. */
  min_severity: Severity;
}

/** Of the same camera and label, from the store. */
export interface AgentHistory {
  /** Events in the hour before. */
  lastHour: number;
  /** Events of the last seven days that somebody called a false alarm. */
  falseAlarms: number;
}

/** What a text model answers, as it comes: whatever is wrong with it, the guard puts right and says so. */
export const proposalSchema = z.object({
  label: z.string().max(200),
  severity: z.string().max(200),
  actions: z.array(z.string().max(200)).max(20),
  reasoning: z.string().max(2_000),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** What an event is given. */
export interface AgentAnswer {
  label: string;
  severity: Severity;
  actions: ActionName[];
  /** For people, 300 characters at most. */
  reasoning: string;
}

export interface Decision extends AgentAnswer {
  /** Who decided: a model, or the written policy. */
  by: 'agent' | 'policy';
  /** Why the policy decided though there is a model; null when the model did, or there is none. */
  fallback: string | null;
  /** The rule of the policy, or of the configuration, that fired. */
  rule: string;
  /** What the model wanted and the policy did not let it. */
  overruled: readonly string[];
  model: { name: string; sha256: string } | null;
  /** As the model wrote it; null when none did. */
  rawOutput: string | null;
  /** Milliseconds in the model. */
  modelMs: number;
  /** Stages of the flow, in order; empty when no flow was run. */
  visited: readonly Visited[];
}

/** A stage of the flow, and how long it took. */
export interface Visited {
  node: 'triage' | 'context' | 'decide' | 'act';
  ms: number;
}
