/** `nunchi models`: which language models there are, getting and removing them. */
import { systemClock, type Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { StatusLine } from '../status-line.js';
import { catalogue, type ModelToPull } from './catalogue.js';
import { freeBytes } from './download.js';
import { modelsListing } from './models-listing.js';
import { PullProgress } from './pull-progress.js';
import { pullModel } from './pull.js';
import { removePulled } from './pulled-models.js';

export type ModelsRequest =
  { type: 'list' } | { type: 'pull'; model: ModelToPull } | { type: 'remove'; name: string };

export interface ModelsHost {
  /** For the progress. */
  status: NodeJS.WriteStream;
  /** For the result. */
  result: NodeJS.WritableStream;
  /** Aborted when the user has had enough. */
  signal: AbortSignal;
}

/** Throws `model.download_failed`, `model.missing`, `model.shape_mismatch`. */
export async function runModels(request: ModelsRequest, config: Config, host: ModelsHost): Promise<void> {
  switch (request.type) {
    case 'list':
      host.result.write(modelsListing(catalogue(), config));
      return;
    case 'pull':
      await pull(request.model, config, host);
      return;
    case 'remove':
      removePulled(config.data_dir, request.name);
      host.result.write(`removed ${request.name}\n`);
      return;
  }
}

/** The product's own timers let the process end; here nothing else may hold it during a pause. */
const holdingClock: Clock = {
  ...systemClock,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

async function pull(model: ModelToPull, config: Config, host: ModelsHost): Promise<void> {
  const line = new StatusLine(host.status);
  try {
    const downloaded = await pullModel(model, config.data_dir, {
      clock: holdingClock,
      random: Math.random,
      signal: host.signal,
      freeBytes,
      progressOf({ part }) {
        line.show(`${part}: looking for what is there already`);
        const progress = new PullProgress(line, holdingClock, part);
        return (at) => {
          progress.show(at);
        };
      },
    });
    line.end();
    host.result.write(`${model.name} ${downloaded.length === 0 ? 'is there already' : 'is pulled'}\n`);
    host.result.write(`  licence: ${model.licence}\n  ${useOf(model, config)}\n`);
  } catch (thrown) {
    line.end();
    throw thrown;
  }
}

/** What remains to be done for the model to be used. */
function useOf({ name, projector }: ModelToPull, { vlm, agent }: Config): string {
  const used = 'the service uses it from its next start on';
  if (projector === null) return agent.model === name ? used : `to use it, set agent.model: ${name}`;
  if (vlm.endpoint !== undefined) return 'to use it, remove vlm.endpoint, which is asked instead';
  return vlm.model === name || vlm.model === 'auto' ? used : `to use it, set vlm.model: ${name}`;
}
