import { Option, type Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../errors.js';
import { modelNameSchema } from '../model-name.js';
import { catalogue, CATALOGUE_URL, type ModelToPull, type RemoteFile } from './catalogue.js';
import { checkModelUrl } from './download-reply.js';
import { SHIPPED } from './installed-models.js';
import { sha256Schema } from './model-entry.js';
import type { ModelsRequest } from './models-command.js';

interface PullOptions {
  from: string;
  name?: string;
  url?: string;
  sha256?: string;
  projectorUrl?: string;
  projectorSha256?: string;
  context: string;
}

/** Names that stand for something else in the configuration. */
const reserved: readonly string[] = ['auto', SHIPPED];
const MAX_CONTEXT = 1_000_000;

/** Adds `nunchi models` to the command line. It throws `config.invalid`, and what `run` throws. */
export function addModelsCommand(program: Command, run: (request: ModelsRequest) => Promise<void>): void {
  const models = program.command('models').description('the language models that look at events');
  models
    .command('list')
    .description('what can be pulled, and what was')
    .allowExcessArguments(false)
    .action(() => run({ type: 'list' }));
  addPullCommand(models, run);
  models
    .command('remove')
    .description('removes a model that was pulled')
    .argument('<name>')
    .allowExcessArguments(false)
    .action((name: string) => run({ type: 'remove', name: checkedName(name) }));
}

function addPullCommand(models: Command, run: (request: ModelsRequest) => Promise<void>): void {
  models
    .command('pull')
    .description('downloads a model of the catalogue, or one of your own; an interrupted download goes on')
    .argument('[name]', 'one that `nunchi models list` shows')
    .addOption(
      new Option('--from <url>', 'server with the files of the catalogue, such as a mirror')
        .env('NUNCHI_MODELS_URL')
        .default(CATALOGUE_URL),
    )
    .option('--url <url>', 'GGUF file of a model of your own')
    .option('--sha256 <hex>', 'its sha256')
    .option('--projector-url <url>', 'GGUF file of its projector; without one the model is for the agent')
    .option('--projector-sha256 <hex>', 'its sha256')
    .option('--name <name>', 'what a model of your own is to be called')
    .option('--context <tokens>', 'that a model of your own is given for prompt, pictures and answer', '4096')
    .allowExcessArguments(false)
    .action((name: string | undefined, options: PullOptions) =>
      run({ type: 'pull', model: name === undefined ? ownModel(options) : catalogueModel(name, options) }),
    );
}

function catalogueModel(name: string, { from, url }: PullOptions): ModelToPull {
  if (url !== undefined) throw invalid(`give either ${name} of the catalogue, or --url with --name`);
  checkModelUrl(from);
  const models = catalogue(from);
  const model = models.find((other) => other.name === name);
  if (model !== undefined) return model;
  const names = models.map((other) => other.name).join(', ');
  throw invalid(`the catalogue has no model ${name}; it has ${names}, and --url takes one of your own`);
}

function ownModel({ name, url, sha256, projectorUrl, projectorSha256, context }: PullOptions): ModelToPull {
  if (name === undefined || url === undefined || sha256 === undefined)
    throw invalid('name a model of the catalogue, or give --name, --url and --sha256 of your own');
  const hasProjector = projectorUrl !== undefined || projectorSha256 !== undefined;
  const tokens = z.coerce.number().int().min(64).max(MAX_CONTEXT).safeParse(context);
  if (!tokens.success) throw invalid(`--context ${context}: give a number from 64 to ${MAX_CONTEXT}`);
  return {
    name: checkedName(name),
    title: name,
    licence: 'as its makers say',
    text: remoteFile('--sha256', url, sha256),
    projector: hasProjector
      ? remoteFile('--projector-sha256', projectorUrl ?? '', projectorSha256 ?? '')
      : null,
    picture: { count: 4, width: 640 },
    contextTokens: tokens.data,
    memoryMb: null,
  };
}

function remoteFile(option: string, url: string, sha256: string): RemoteFile {
  checkModelUrl(url);
  const checked = sha256Schema.safeParse(sha256.toLowerCase());
  if (!checked.success) throw invalid(`${option} ${sha256}: ${z.prettifyError(checked.error)}`);
  return { url, sha256: checked.data, sizeBytes: null };
}

function checkedName(name: string): string {
  const checked = modelNameSchema.safeParse(name);
  if (!checked.success) throw invalid(`${name}: ${z.prettifyError(checked.error)}`);
  if (reserved.includes(name)) throw invalid(`${name} is no name for a model: the configuration uses it`);
  return checked.data;
}

function invalid(message: string): AppError {
  return new AppError('config.invalid', message);
}
