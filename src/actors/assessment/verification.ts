/** What becomes of a candidate that is to be verified, and how its trace says so. */
import type { Finding } from '../../decision/decision.js';
import type { AppError, ErrorCode } from '../../errors.js';
import type { VlmReply } from '../../protocol/vlm.js';
import { cappedOutput, type UntimedStep } from '../../trace.js';
import type { PromptName } from '../../verification/prompt.js';
import { isConfirmed, type UnverifiedReason, type VlmAnswer } from '../../verification/verdict.js';

/** The VLM that is to look at a camera's candidates. */
export interface Vlm {
  name: string;
  /** Of its text model; empty for an endpoint. */
  sha256: string;
  prompt: PromptName;
}

export interface VlmAnswered {
  answer: VlmAnswer;
  /** What the answer was read from. */
  reply: VlmReply;
}

/** What became of a candidate. */
export type Verification = Finding & {
  /** The VLM that was asked, as events name their models; null when none was. */
  model: { name: string; sha256: string } | null;
  /** Milliseconds from onset to the start of the model's run, or to the end without one; and in the model. */
  waitedMs: number;
  runMs: number;
  /** As the VLM wrote it, unchecked; null when it wrote nothing. */
  rawOutput: string | null;
};

export interface Outcome {
  verification: Verification;
  step: UntimedStep;
}

/** It was asked, and in vain; any other error means that it could not be asked. */
const askedInVain: readonly ErrorCode[] = ['vlm.bad_output', 'vlm.deadline', 'vlm.failed', 'bug'];

/** `waitedMs`: from onset until the question was put. */
export function answered({ answer, reply }: VlmAnswered, vlm: Vlm, waitedMs: number): Outcome {
  const verdict = isConfirmed(answer) ? 'confirmed' : 'rejected';
  const { text, tokens, runMs } = reply;
  const rawOutput = cappedOutput(text);
  return {
    verification: {
      verdict,
      answer,
      model: modelOf(vlm),
      waitedMs: waitedMs + reply.waitedMs,
      runMs,
      rawOutput,
    },
    step: {
      type: 'answered',
      verdict,
      label: answer.label,
      confidence: answer.confidence,
      raw_output: rawOutput,
      tokens,
      waited_ms: reply.waitedMs,
      run_ms: runMs,
    },
  };
}

/** `runMs`: from the question until `error` was the answer to it. */
export function unanswered(error: AppError, vlm: Vlm, waitedMs: number, runMs: number): Outcome {
  const { code, message, data } = error;
  if (!askedInVain.includes(code)) return unverified('model_unavailable', message, waitedMs);
  const rawOutput = typeof data['output'] === 'string' ? cappedOutput(data['output']) : null;
  return {
    verification: {
      verdict: 'verification-failed',
      reason: message,
      model: modelOf(vlm),
      waitedMs,
      runMs,
      rawOutput,
    },
    step: { type: 'failed', reason: message, raw_output: rawOutput, run_ms: runMs },
  };
}

/** `detail`: what was wrong, or which candidate stands for a merged one. */
export function unverified(reason: UnverifiedReason, detail: string | null, waitedMs: number): Outcome {
  return {
    verification: { verdict: 'unverified', reason, model: null, waitedMs, runMs: 0, rawOutput: null },
    step: { type: 'unverified', reason, detail },
  };
}

export function modelOf({ name, sha256 }: Vlm): { name: string; sha256: string } {
  return { name, sha256 };
}
