/** Reads the Prometheus text format 0.0.4, as strictly as Prometheus does. */

const commentLine = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const sampleLine =
  /^(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+)\})?) (\S+)$/;

interface Sample {
  /** Name and labels as they stand there. */
  series: string;
  name: string;
  labels: Record<string, string>;
  value: number;
  /** What its family was declared as. */
  type: string;
}

export class Scrape {
  readonly families: readonly { name: string; type: string }[];
  readonly #samples: readonly Sample[];

  constructor(families: readonly { name: string; type: string }[], samples: readonly Sample[]) {
    this.families = families;
    this.#samples = samples;
  }

  /** Of one series; NaN when it is not there. */
  value(series: string): number {
    return this.#samples.find((sample) => sample.series === series)?.value ?? NaN;
  }

  /** Over all series of a name. */
  sum(name: string): number {
    return this.#samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
  }

  /** The different values of a label, sorted. */
  labelValues(name: string, label: string): string[] {
    const ofName = this.#samples.filter((sample) => sample.name === name);
    return [...new Set(ofName.map(({ labels }) => labels[label] ?? ''))].sort();
  }

  /** Series that only ever grow, with their values. */
  monotonic(): [string, number][] {
    return this.#samples
      .filter(({ type }) => type === 'counter' || type === 'histogram')
      .map(({ series, value }) => [series, value]);
  }
}

/** Throws on a line that is no comment and no sample, on a sample without family, and on a series that comes twice. */
export function parseMetrics(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const samples = new Map<string, Sample>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, keyword, family = '', rest = ''] = commentLine.exec(line) ?? [];
    if (keyword === 'TYPE') types.set(family, rest);
    if (keyword !== undefined) continue;
    const [, series, name = '', labels = '', number = ''] = sampleLine.exec(line) ?? [];
    const value = number.toLowerCase() === 'nan' ? NaN : Number(number.replace('+Inf', 'Infinity'));
    if (series === undefined || (Number.isNaN(value) && number.toLowerCase() !== 'nan'))
      throw new Error(`not a line of the format: ${line}`);
    const type = types.get(name) ?? types.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (type === undefined) throw new Error(`of no family: ${line}`);
    if (samples.has(series)) throw new Error(`comes twice: ${series}`);
    samples.set(series, { series, name, labels: parseLabels(labels), value, type });
  }
  const families = [...types].map(([name, type]) => ({ name, type }));
  return new Scrape(families, [...samples.values()]);
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
}
