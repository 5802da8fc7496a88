/** A file of a model, as its manifest names it. */
export interface ModelFile {
  /** Absolute. */
  path: string;
  /** Lower-case hexadecimal, of the whole file. */
  sha256: string;
}

/** A text model for the agent, in a GGUF file. */
export interface AgentModel {
  /** Shown in events and traces. */
  name: string;
  file: ModelFile;
  /** The version of the prompt that it is asked with. */
  prompt: 'policy-1' | 'general-1';
  /** Tokens that prompt and answer may take together. */
  contextTokens: number;
}
