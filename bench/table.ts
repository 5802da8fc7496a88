import { mkdirSync, writeSync } from 'node:fs';
import { divertNativeOutput } from '../src/native-output.js';
import { packagePath } from '../src/paths.js';

/** Rows of the same keys, as a Markdown table on a descriptor: stdout, when not said otherwise. */
export function printTable(rows: readonly Record<string, string | number | boolean>[], descriptor = 1): void {
  const [first] = rows;
  if (first === undefined) return;
  const heads = Object.keys(first);
  const cells = [heads, ...rows.map((row) => heads.map((head) => String(row[head])))];
  const widths = heads.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  writeSync(descriptor, `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n\n`);
}

/** Keeps what llama.cpp says out of the way; returns the descriptor to print tables on. */
export function quietNativeOutput(): number {
  mkdirSync(packagePath('bench/out'), { recursive: true });
  return divertNativeOutput(packagePath('bench/out/native.log')).stdout;
}
