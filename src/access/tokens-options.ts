import { Option, type Command } from 'commander';
import { z } from 'zod';
import { roles, type Role } from './access.js';
import { tokenNameSchema } from './access-tokens.js';
import { cameraIdSchema } from '../camera/camera-config.js';
import { AppError } from '../errors.js';
import type { TokensRequest } from './tokens-command.js';
import { S_PER_DAY, S_PER_HOUR } from '../units.js';

interface CreateOptions {
  name: string;
  role: Role;
  cameras?: string;
  expires?: string;
}

const DAYS_MAX = 3_650;
const CAMERAS_MAX = 1_000;

/** Adds `nunchi tokens` to the command line. It throws `config.invalid`, and what `run` throws. */
export function addTokensCommand(program: Command, run: (request: TokensRequest) => Promise<void>): void {
  const tokens = program.command('tokens').description('who may ask the API for what');
  tokens
    .command('create')
    .description('makes a token, and shows it this once')
    .addOption(
      new Option('--name <name>', 'what it is called in lists and in the audit log')
        .env('NUNCHI_TOKENS_NAME')
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--role <role>', 'viewer: looks; operator: also runs cameras; admin: also configures')
        .env('NUNCHI_TOKENS_ROLE')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--cameras <ids>', 'the cameras that it may see, such as gate,yard; all without').env(
        'NUNCHI_TOKENS_CAMERAS',
      ),
    )
    .addOption(
      new Option('--expires <time>', 'how long it is good for, such as 12h or 90d; for ever without').env(
        'NUNCHI_TOKENS_EXPIRES',
      ),
    )
    .allowExcessArguments(false)
    .action((options: CreateOptions) => run(createRequest(options)));
  tokens
    .command('list')
    .description('the tokens there are, without themselves')
    .allowExcessArguments(false)
    .action(() => run({ type: 'list' }));
  tokens
    .command('revoke')
    .description('makes a token worthless; whoever is connected with it is cut off')
    .argument('<name>')
    .allowExcessArguments(false)
    .action((name: string) => run({ type: 'revoke', name }));
}

function createRequest({ name, role, cameras, expires }: CreateOptions): TokensRequest {
  const ids = z.array(cameraIdSchema).max(CAMERAS_MAX);
  return {
    type: 'create',
    name: checked('--name', tokenNameSchema, name),
    role,
    cameras: cameras === undefined ? null : checked('--cameras', ids, [...new Set(cameras.split(','))]),
    lifetimeS: expires === undefined ? null : lifetimeOf(expires),
  };
}

/** In seconds. */
function lifetimeOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([hd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === 'h' ? S_PER_HOUR : S_PER_DAY);
  if (!(seconds > 0 && seconds <= DAYS_MAX * S_PER_DAY))
    throw new AppError('config.invalid', `--expires ${text}: write 12h or 90d; ${DAYS_MAX}d at most`);
  return seconds;
}

function checked<T>(option: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('config.invalid', `${option}: ${parsed.error.issues[0]?.message ?? 'is invalid'}`);
}
