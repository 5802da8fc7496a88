import { AppError } from '../../errors.js';
import type { Clip } from '../../protocol/camera.js';
import type { VlmLoaded, VlmSource } from '../../protocol/vlm.js';
import { collectGarbage } from './garbage.js';
import { readGguf } from './gguf.js';
import { chooseDevice } from './llama-device.js';
import { loadLlama, type LlamaSettings } from './llama-model.js';
import type { LlamaModel } from './llama-node.js';
import { verifyFile } from './verified-file.js';
import type { VlmBackend, VlmQuestion, VlmText } from './vlm-backend.js';

type Files = Extract<VlmSource, { type: 'files' }>;

export interface LlamaOptions {
  device: 'auto' | 'cpu' | 'cuda';
  /** CPU threads. */
  threads: number;
}

const PROJECTOR = 'clip';
const BYTES_PER_MB = 2 ** 20;

/** Loads a VLM from files into this process, by llama.cpp. Throws `model.*`; see {@link VlmBackend}. */
export async function openLlamaVlm(
  source: Files,
  options: LlamaOptions,
  signal: AbortSignal,
): Promise<VlmBackend> {
  await checkFiles(source, signal);
  const { name, contextTokens } = source;
  const base = { name, text: source.text.path, projector: source.projector.path, contextTokens };
  const chosen = await chooseDevice({ ...base, threads: options.threads }, options.device, signal);
  const beforeMb = residentMb();
  const model = await loadLlama(chosen.settings);
  const measuredMb = Math.max(0, residentMb() - beforeMb);
  const loaded: VlmLoaded = { name, sha256: source.text.sha256, measuredMb, device: chosen.device };
  return new LlamaVlm(loaded, chosen.fallback, chosen.settings, model);
}

class LlamaVlm implements VlmBackend {
  readonly #settings: LlamaSettings;
  /**
   * Null after a failure. The binding then refuses every question and has to be loaded anew; and since it keeps a
   * pointer to what failed, to stop or release it would write into freed memory. Only its destructor is safe.
   */
  #model: LlamaModel | null;
  /** The last prompt and what the model's template made of it: a template takes milliseconds. */
  #formatted = { key: '', prompt: '' };

  constructor(
    readonly loaded: VlmLoaded,
    readonly fallback: string | null,
    settings: LlamaSettings,
    model: LlamaModel,
  ) {
    this.#settings = settings;
    this.#model = model;
  }

  async ask(question: VlmQuestion, signal: AbortSignal): Promise<VlmText> {
    const model = (this.#model ??= await loadLlama(this.#settings));
    const stop = (): void => {
      model.stopCompletion();
    };
    signal.addEventListener('abort', stop);
    try {
      return await this.#complete(model, question, signal);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async release(): Promise<void> {
    const model = this.#model;
    this.#model = null;
    await model?.release();
  }

  async #complete(model: LlamaModel, question: VlmQuestion, signal: AbortSignal): Promise<VlmText> {
    const prompt = this.#format(model, question);
    if (signal.aborted) throw this.#failure('was stopped');
    try {
      // Straight to the context: the wrapper's way calls back at every token.
      const result = await model.ctx.completion({
        prompt,
        media_paths: dataUrls(question.clip),
        response_format: { type: 'json_schema', json_schema: { schema: question.schema } },
        n_predict: question.maxTokens,
        temperature: 0,
        // Its default drops the likeliest tokens even at temperature 0.
        xtc_probability: 0,
      });
      if (result.context_full)
        throw new Error(`its context of ${this.#settings.contextTokens} tokens is full`);
      if (result.interrupted) throw this.#failure('was stopped');
      return { text: result.text, tokens: result.tokens_predicted };
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      this.#model = null;
      await collectGarbage();
      throw this.#failure(`failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
    }
  }

  /** Pictures go before the text. */
  #format(model: LlamaModel, { prompt, clip }: QuestionText): string {
    const key = `${clip.pictures.length} ${prompt}`;
    if (this.#formatted.key !== key) {
      const pictures = clip.pictures.map(() => ({ type: 'image_url', image_url: { url: '' } }) as const);
      const content = [...pictures, { type: 'text', text: withoutMarks(prompt) } as const];
      this.#formatted = { key, prompt: model.getFormattedChat([{ role: 'user', content }]).prompt };
    }
    return this.#formatted.prompt;
  }

  #failure(what: string, cause?: unknown): AppError {
    const { name } = this.loaded;
    return new AppError('vlm.failed', `the answer of ${name} ${what}`, { model: name }, cause);
  }
}

type QuestionText = Pick<VlmQuestion, 'prompt' | 'clip'>;

/** Marks of turns and pictures begin so in every model: in a text, such as a camera's name, they must mean nothing. */
function withoutMarks(prompt: string): string {
  return prompt.replaceAll('<', '‹');
}

function dataUrls({ pictures, mime }: Clip): string[] {
  return pictures.map((picture) => `data:${mime};base64,${Buffer.from(picture).toString('base64')}`);
}

/** What llama.cpp does not survive must not reach it. */
async function checkFiles({ name, text, projector }: Files, signal: AbortSignal): Promise<void> {
  for (const file of [text, projector]) {
    await verifyFile(file, signal);
    const { architecture } = readGguf(file.path);
    if ((architecture === PROJECTOR) === (file === projector)) continue;
    const needed = file === projector ? 'a projector' : 'a text model';
    const message = `${file.path} of ${name} is of architecture ${architecture}, and ${needed} is needed there`;
    throw new AppError('model.shape_mismatch', message, { model: name, file: file.path });
  }
}

function residentMb(): number {
  return process.memoryUsage.rss() / BYTES_PER_MB;
}
