/** What a VLM in the GPU worker is loaded from, asked, and answers. */
import type { ModelFile } from '../model-file.js';
import type { Clip } from './camera.js';

/** Where a VLM is: files in this process, or behind an HTTP endpoint that speaks as OpenAI's does. */
export type VlmSource =
  | {
      type: 'files';
      /** Shown in events and traces. */
      name: string;
      text: ModelFile;
      projector: ModelFile;
      /** Tokens that prompt, pictures and answer may take together. */
      contextTokens: number;
    }
  | {
      type: 'endpoint';
      name: string;
      /** Base address, ending in `/v1`. */
      url: string;
      /** Sent as a bearer token; null for none. */
      apiKey: string | null;
    };

/** What a VLM is asked about one candidate. */
export interface VlmRequest {
  id: string;
  clip: Clip;
  prompt: string;
  /** What the answer must look like, as a JSON schema. */
  schema: object;
  maxTokens: number;
  deadlineMs: number;
}

export interface VlmReply {
  /** As the model wrote it, unchecked. */
  text: string;
  tokens: number;
  /** Milliseconds that the model took, and that the request waited for its turn before. */
  runMs: number;
  waitedMs: number;
}

export interface VlmLoaded {
  name: string;
  /** Of the text model; empty for an endpoint. */
  sha256: string;
  /** What the process grew by while it was loaded, MiB; memory of an accelerator where it tells. */
  measuredMb: number;
  /** `cpu`, the accelerator's name, or `http`. */
  device: string;
}
