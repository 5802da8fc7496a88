import type { VlmLoaded, VlmRequest, VlmSource } from '../../protocol/vlm.js';

export type VlmQuestion = Pick<VlmRequest, 'clip' | 'prompt' | 'schema' | 'maxTokens'>;

/** As the model wrote it, unchecked. */
export interface VlmText {
  text: string;
  tokens: number;
}

/** A VLM, wherever it runs. One question at a time, and none once it is released. */
export interface VlmBackend {
  readonly loaded: VlmLoaded;
  /** Why it does not run on the accelerator that was asked for; null when it does, or none was. */
  readonly fallback: string | null;
  /**
   * Throws `vlm.failed`, also for a question that `signal` ends early: it then throws as soon as the model lets go,
   * which a native one does only between two steps. Throws `model.*` when it has to load itself anew and cannot.
   */
  ask(question: VlmQuestion, signal: AbortSignal): Promise<VlmText>;
  /** Frees everything; no question may be under way. */
  release(): Promise<void>;
}

/** Loads what `source` names. Throws `model.*`, and holds nothing then; `signal` ends what can be ended. */
export type OpenVlm = (source: VlmSource, signal: AbortSignal) => Promise<VlmBackend>;
