/** A run for people, on stdout. */
import { printTable } from '../table.js';
import { isWellLoaded } from './levels.js';
import { ceilingText, type CeilingResult } from './result.js';
import { stageRows, stepRows, targetRows } from './tables.js';

export function printResult(result: CeilingResult): void {
  printTable(stepRows(result.steps));
  printTable(stageRows(result.steps));
  printTable(targetRows(result.targets));
  const lines = [
    ...(result.targets_differ.length > 0
      ? [`The targets are set for something else: ${result.targets_differ.join(', ')}.`]
      : []),
    ...(result.steps.every(isWellLoaded)
      ? []
      : [
          'The VLM was asked for less than half of the alarms in some step: it had less to do there than --vlm-load says.',
        ]),
    ...(result.steps.some(({ stages }) => stages === null)
      ? ['This system does not tell the CPU time of threads, so there is none of stages; Linux does.']
      : []),
    `${ceilingText(result)} of ${result.profile} (${result.stream_kbit_s} kbit/s each) scored by ${result.vad_model}: ` +
      `that many fit${result.cut_short ? '; the search was cut short' : ''}. ` +
      `In the way of more: ${result.bottleneck}. It helps: ${result.lift}.`,
    'bench/out/ceiling.html (with plots), bench/out/ceiling.json, bench/out/ratios.json',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
