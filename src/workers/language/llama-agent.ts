/** The one door to node-llama-cpp, which is imported when a model is first loaded: without one it is never there. */
import type { LlamaChatSession, LlamaGrammar } from 'node-llama-cpp';
import { answerForm } from '../../decision/agent-prompt.js';
import { AppError } from '../../errors.js';
import type { AgentModel } from '../../model-file.js';
import { readGguf } from './gguf.js';
import { verifyFile } from './verified-file.js';

/** Tokens that a chat's template puts around a question, at most. */
const TEMPLATE_TOKENS = 32;

export interface LoadedAgent {
  model: AgentModel;
  /** What the model writes, in the form of its prompt. Rejects with the signal's reason when aborted. */
  ask: (prompt: string, signal: AbortSignal) => Promise<string>;
  /** Frees its memory; not while it is asked. */
  dispose: () => Promise<void>;
}

/**
 * Loads a text model on the CPU.
 *
 * @param threads - CPU threads that it may use
 * Throws `model.missing`, `model.hash_mismatch`, `model.damaged`, and `model.load_failed`, which holds what
 * llama.cpp says of it.
 */
export async function loadAgent(
  model: AgentModel,
  threads: number,
  signal: AbortSignal,
): Promise<LoadedAgent> {
  await verifyFile(model.file, signal);
  readGguf(model.file.path);
  try {
    return await load(model, threads);
  } catch (error) {
    const message = `${model.file.path} could not be loaded as a text model`;
    throw new AppError('model.load_failed', message, { model: model.name }, error);
  }
}

async function load(model: AgentModel, threads: number): Promise<LoadedAgent> {
  const { getLlama, LlamaChatSession, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    // Binaries come with the package: nothing is built or fetched here.
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    gpu: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.disabled,
  });
  try {
    const loaded = await llama.loadModel({ modelPath: model.file.path, gpuLayers: 0 });
    const context = await loaded.createContext({ contextSize: model.contextTokens, threads, sequences: 1 });
    const session = new LlamaChatSession({ contextSequence: context.getSequence(), systemPrompt: '' });
    const { schema, maxTokens } = answerForm(model.prompt);
    const grammar = await llama.createGrammarForJsonSchema(schema);
    const room = model.contextTokens - maxTokens - TEMPLATE_TOKENS;
    return {
      model,
      ask: (prompt, signal) => {
        const tokens = loaded.tokenize(prompt).length;
        if (tokens > room) throw tooLong(tokens, room);
        return askOnce(session, prompt, { grammar, maxTokens, signal });
      },
      dispose: () => llama.dispose(),
    };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

/** Each question stands alone: what was said before is forgotten, also when it went wrong. */
async function askOnce(
  session: LlamaChatSession,
  prompt: string,
  how: { grammar: LlamaGrammar; maxTokens: number; signal: AbortSignal },
): Promise<string> {
  try {
    return await session.prompt(prompt, { ...how, temperature: 0 });
  } finally {
    session.resetChatHistory();
  }
}

function tooLong(tokens: number, room: number): AppError {
  const message = `the question has ${tokens} tokens, and ${room} fit; use a model with a longer context`;
  return new AppError('agent.failed', message, { tokens, room });
}
