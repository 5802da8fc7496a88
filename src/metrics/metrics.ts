import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.js';
import type { Alert, AnomalyEvent } from '../event.js';
import type { ReadRun } from '../protocol/gpu.js';
import { MS_PER_S } from '../units.js';
import { counters, gauges, histograms, storeFlush, totals, type CountedMetric } from './definitions.js';
import { Growth } from './growth.js';
import { ReadHistogram } from './read-histogram.js';
import type { MetricName } from './read-metric.js';
import type { Reading } from './reading.js';
import { RecentDelays, type DelayQuantiles } from './recent-delays.js';

/**
 * The product in figures, for Prometheus. Durations and events are told to it as they happen; what others count
 * already is read when it is asked for.
 */
export class Metrics {
  readonly #clock: Clock;
  readonly #registry = new Registry();
  readonly #growth = new Growth();
  readonly #delays = new RecentDelays();
  readonly #registers = [this.#registry];
  readonly #inference = new Histogram({ ...histograms.inference, registers: this.#registers });
  readonly #queueWait = new Histogram({ ...histograms.queueWait, registers: this.#registers });
  readonly #endToEnd = new Histogram({ ...histograms.endToEnd, registers: this.#registers });
  readonly #scoredFrames = this.#counter(counters.scoredFrames);
  readonly #events = this.#counter(counters.events);
  readonly #alerts = this.#counter(counters.alerts);
  readonly #gauges = gauges.map((read) => ({ read, gauge: new Gauge(this.#configuration(read)) }));
  readonly #storeFlush = new ReadHistogram(storeFlush);
  readonly #totals = totals.map((read) => ({ read, counter: new Counter(this.#configuration(read)) }));

  constructor(clock: Clock) {
    this.#clock = clock;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Takes a run of the graphs whose readings have just been scored. */
  scored({ readings, runMs }: ReadRun): void {
    const wallTime = this.#clock.wallTime();
    for (const [model, ms] of Object.entries(runMs)) this.#inference.observe({ model }, ms / MS_PER_S);
    for (const reading of readings) {
      this.#scoredFrames.inc({ camera: reading.camera });
      this.#queueWait.observe({ queue: 'vad' }, reading.waitedMs / MS_PER_S);
      // The system's date may have been set back in between.
      const delayS = Math.max(0, wallTime - reading.wallTime);
      this.#endToEnd.observe(delayS);
      this.#delays.add(delayS * MS_PER_S);
    }
  }

  /** From capture to anomaly score, of the newest frames; null before the first. */
  scoreDelays(): DelayQuantiles | null {
    return this.#delays.quantiles();
  }

  /** Takes the last state of an event. */
  ended({ severity, verdict }: AnomalyEvent): void {
    this.#events.inc({ severity, verdict });
  }

  delivered({ kind }: Alert): void {
    this.#alerts.inc({ kind });
  }

  /** All metrics in the Prometheus text format. */
  async text(reading: Reading): Promise<string> {
    for (const { read, gauge } of this.#gauges) {
      // Forgets cameras that are gone.
      gauge.reset();
      for (const { labels, value } of read.samples(reading)) gauge.set(labels, value);
    }
    for (const { read, counter } of this.#totals) {
      for (const { labels, value } of read.samples(reading)) {
        counter.inc(labels, this.#growth.of(keyOf(read, labels), value));
      }
    }
    const { store } = reading;
    if (store !== null) this.#storeFlush.take({ counts: store.flushCounts, sum: store.flushMs / MS_PER_S });
    await this.#forgetAllBut({
      camera: new Set(reading.cameras.map(({ id }) => id)),
      channel: new Set(reading.channels.map(({ name }) => name)),
    });
    return (await this.#registry.metrics()) + this.#storeFlush.text();
  }

  /** Counters of cameras and channels that are gone would be told for ever. */
  async #forgetAllBut(known: Record<'camera' | 'channel', ReadonlySet<string>>): Promise<void> {
    for (const { read, counter } of [...this.#totals, { read: null, counter: this.#scoredFrames }]) {
      for (const { labels } of (await counter.get()).values) {
        const { camera, channel }: Partial<Record<string, string | number>> = labels;
        const isKnown = (name: string | number | undefined, names: ReadonlySet<string>) =>
          name === undefined || names.has(String(name));
        if (isKnown(camera, known.camera) && isKnown(channel, known.channel)) continue;
        counter.remove(labels);
        if (read !== null) this.#growth.forget(keyOf(read, labels));
      }
    }
  }

  #counter<L extends string>(metric: CountedMetric<L>): Counter<L> {
    const counter = new Counter(this.#configuration(metric));
    for (const labels of metric.series) counter.inc(labels, 0);
    return counter;
  }

  #configuration<L extends string>({ name, help, labelNames }: MetricName<L>) {
    return { name, help, labelNames, registers: this.#registers };
  }
}

/** Tells one counter from another. */
function keyOf({ name }: MetricName, labels: Readonly<Partial<Record<string, string | number>>>): string {
  return [name, ...Object.values(labels)].join(' ');
}
