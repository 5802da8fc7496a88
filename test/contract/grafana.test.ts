import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counters, gauges, histograms, storeFlush, totals } from '../../src/metrics/definitions.js';
import { packagePath } from '../../src/paths.js';

interface Panel {
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}

const dashboard = JSON.parse(readFileSync(packagePath('docs/grafana-dashboard.json'), 'utf8')) as {
  panels: Panel[];
};

/** Label names by metric, as Prometheus sees them. */
const known = new Map<string, readonly string[]>();
for (const { name, labelNames } of [...gauges, ...totals, ...Object.values(counters)])
  known.set(name, labelNames);
for (const histogram of Object.values(histograms)) {
  const labelNames: readonly string[] = 'labelNames' in histogram ? histogram.labelNames : [];
  known.set(`${histogram.name}_bucket`, [...labelNames, 'le']);
}

known.set(`${storeFlush.name}_bucket`, ['le']);

const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

describe('the Grafana dashboard', () => {
  it.each(queries)('$title: $expr asks for metrics that there are, by labels that they have', (query) => {
    const names = query.expr.match(/\b(?:nunchi|process|nodejs)_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names.filter((each) => each.startsWith('nunchi_'))) {
      expect(known.has(name), name).toBe(true);
      const grouped = [...query.expr.matchAll(/by \(([^)]+)\)/g)].flatMap(
        ([, labels]) => labels?.split(', ') ?? [],
      );
      const matched = [...query.expr.matchAll(/[{,](\w+)[!=]/g)].map(([, label]) => label ?? '');
      const shown = [...query.legendFormat.matchAll(/{{(\w+)}}/g)].map(([, label]) => label ?? '');
      expect(known.get(name)).toEqual(expect.arrayContaining([...grouped, ...matched, ...shown]));
    }
  });

  it('shows every metric of the product that says that something is wrong', () => {
    const asked = queries.map(({ expr }) => expr).join(' ');
    const alarming = [...known.keys()].filter((name) =>
      /failed|failures|refused|discarded_frames|skipped|dropped/.test(name),
    );
    const left = alarming.filter((name) => !asked.includes(name));
    expect(left).toEqual([]);
  });

  it('has no panels that lie over each other', () => {
    for (const [at, one] of dashboard.panels.entries())
      for (const other of dashboard.panels.slice(at + 1)) {
        const [a, b] = [one.gridPos, other.gridPos];
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(apart, `${one.title} and ${other.title}`).toBe(true);
      }
  });
});
