import type { Command } from 'commander';
import { configReport } from './report.js';
import { configJsonSchema } from './schema.js';
import type { LoadedConfig } from './file.js';

/** Declares `check-config` and `config-schema`; `load` throws `config.invalid` with all that is wrong with a file. */
export function addConfigCommands(
  program: Command,
  load: (file: string | undefined) => LoadedConfig,
  print: (text: string) => void,
): void {
  program
    .command('check-config [file]')
    .description('says whether a configuration can be used, or all that is wrong with it (exit code 1)')
    .allowExcessArguments(false)
    .action((file: string | undefined) => {
      print(`${configReport(load(file)).join('\n')}\n`);
    });
  program
    .command('config-schema')
    .description('prints the JSON Schema of the configuration, for editors')
    .allowExcessArguments(false)
    .action(() => {
      print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    });
}
