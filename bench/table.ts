/** Rows of the same keys, as a Markdown table on stdout. */
export function printTable(rows: readonly Record<string, string | number | boolean>[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const heads = Object.keys(first);
  const cells = [heads, ...rows.map((row) => heads.map((head) => String(row[head])))];
  const widths = heads.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  process.stdout.write(`${[lines[0], rule, ...lines.slice(1)].join('\n')}\n\n`);
}
