import type { Command } from 'commander';

export type AlertsRequest = { type: 'list' } | { type: 'test'; channel: string };

/** Adds `nunchi alerts` to the command line. It throws what `run` throws. */
export function addAlertsCommand(program: Command, run: (request: AlertsRequest) => Promise<void>): void {
  const alerts = program.command('alerts').description('the channels that alerts are told over');
  alerts
    .command('list')
    .description('the channels of the configuration')
    .allowExcessArguments(false)
    .action(() => run({ type: 'list' }));
  alerts
    .command('test')
    .description('sends a test message over a channel of the configuration, and says what came of it')
    .argument('<channel>')
    .allowExcessArguments(false)
    .action((channel: string) => run({ type: 'test', channel }));
}
