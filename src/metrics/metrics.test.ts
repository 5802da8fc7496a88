import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { parseMetrics, type Scrape } from '../../test/support/prometheus-text.js';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { pictureHealths } from '../protocol/camera.js';
import type { VadReading } from '../protocol/gpu.js';
import { Metrics } from './metrics.js';
import { flushBoundsMs, type StoreStats } from '../store-api.js';
import type { CameraReading, Reading } from './reading.js';

const idle: Reading = {
  ready: true,
  cameras: [],
  vad: null,
  store: null,
  eventsWaiting: 0,
  eventsDropped: { recorder_full: 0, broker_away: 0 },
  calibration: { fits: 0, failedFits: 0 },
  verification: { confirmed: 0, rejected: 0, failed: 0, unverified: {}, late: 0, waiting: 0 },
  agent: { decided: 0, fallbacks: 0, overruled: 0 },
  resources: { budgetMb: 6144, declaredMb: 0, refused: 0, models: [] },
  live: { clients: 0, framesSent: 0, framesSkipped: 0 },
  http: { requests: [], refused: {} },
  overload: { state: 'normal' },
  channels: [],
  clips: { saved: 0, failed: 0, refused: 0, removed: {}, bytes: 0 },
  streams: { clients: 0, eventsSent: 0, refused: 0 },
};

function camera(id: string, decodedFrames: number): CameraReading {
  const counters = {
    packets: 0,
    decodedFrames,
    corruptPackets: 0,
    vadFrames: 0,
    vadFramesDropped: 0,
    liveFrames: 0,
    ringBytes: 0,
    ringSeconds: 0,
    ringPacketsEvicted: 0,
  };
  return { id, fps: 5, streaming: true, health: 'good', counters };
}

function reading(id: string, wallTime: number): VadReading {
  return { camera: id, ptsUs: 0, wallTime, disturbed: false, motion: null, error: null, waitedMs: 20 };
}

/** A store that has flushed some times for 3 ms each, and once for a minute. */
function store(quick: number): StoreStats {
  const flushCounts = [...flushBoundsMs.map((boundMs) => (boundMs === 5 ? quick : 0)), 1];
  const flushes = { flushes: quick + 1, flushMs: quick * 3 + 60_000, flushCounts, flushFailures: 0 };
  const events = { lastSeq: 0, projectedSeq: 0, journaled: 0, projected: 0, rebuilds: 0 };
  return { ...flushes, ...events, readsRefused: 0, readsCutOff: 0 };
}

function setUp() {
  const clock = new SimulatedClock();
  const metrics = new Metrics(clock);
  const scrape = async (reading: Partial<Reading> = {}): Promise<Scrape> =>
    parseMetrics(await metrics.text({ ...idle, ...reading }));
  return { clock, metrics, scrape };
}

describe('Metrics', () => {
  it('observes a run once a graph, and each of its frames by the time in the queue and since capture', async () => {
    const { clock, metrics, scrape } = setUp();
    const capturedAt = clock.wallTime();
    await clock.advance(500);
    const readings = [reading('gate', capturedAt), reading('yard', capturedAt)];
    metrics.scored({ readings, runMs: { motion: 3, mnad: 8 } });
    const seen = await scrape({ cameras: [camera('gate', 0), camera('yard', 0)] });
    expect(seen.value('nunchi_inference_duration_seconds_sum{model="mnad"}')).toBeCloseTo(0.008);
    expect(seen.value('nunchi_inference_duration_seconds_sum{model="motion"}')).toBeCloseTo(0.003);
    expect(seen.value('nunchi_inference_duration_seconds_count{model="mnad"}')).toBe(1);
    expect(seen.value('nunchi_queue_wait_seconds_sum{queue="vad"}')).toBeCloseTo(0.04);
    expect(seen.value('nunchi_e2e_duration_seconds_sum')).toBeCloseTo(1);
    expect(seen.value('nunchi_camera_scored_frames_total{camera="gate"}')).toBe(1);
  });

  it('takes no negative duration when the date is set back', async () => {
    const { clock, metrics, scrape } = setUp();
    const run = { readings: [reading('gate', clock.wallTime())], runMs: { mnad: 8 } };
    clock.jumpWallTime(-3600);
    metrics.scored(run);
    expect((await scrape()).value('nunchi_e2e_duration_seconds_sum')).toBe(0);
  });

  it('tells of models in bytes, and nothing of what is not measured', async () => {
    const { scrape } = setUp();
    const model = { declaredMb: 4, state: 'loaded', loads: 2, unloads: 1, failures: 0 };
    const models = [
      { ...model, name: 'vlm', measuredMb: 3 },
      { ...model, name: 'agent', measuredMb: null },
    ];
    const text = await scrape({ resources: { budgetMb: 8, declaredMb: 4, refused: 1, models } });
    expect(text.value('nunchi_model_declared_bytes{model="vlm"}')).toBe(4 << 20);
    expect(text.value('nunchi_model_measured_bytes{model="vlm"}')).toBe(3 << 20);
    expect(text.value('nunchi_model_measured_bytes{model="agent"}')).toBeNaN();
    expect(text.value('nunchi_model_loads_total{model="vlm"}')).toBe(2);
    expect(text.value('nunchi_resource_refused_total')).toBe(1);
  });

  it('counts what became of messages by channel, and forgets a channel that is gone', async () => {
    const { scrape } = setUp();
    const ops = {
      name: 'ops',
      waiting: 3,
      sent: 5,
      failed: 4,
      retried: 2,
      dropped: 1,
      heldBack: { snoozed: 6 },
    };
    const text = await scrape({ channels: [ops] });
    expect(text.value('nunchi_alert_messages_total{channel="ops",outcome="sent"}')).toBe(5);
    expect(text.value('nunchi_alert_messages_total{channel="ops",outcome="failed"}')).toBe(3);
    expect(text.value('nunchi_alert_messages_total{channel="ops",outcome="dropped"}')).toBe(1);
    expect(text.value('nunchi_alert_held_back_total{channel="ops",reason="snoozed"}')).toBe(6);
    expect(text.value('nunchi_alert_waiting_messages{channel="ops"}')).toBe(3);
    expect((await scrape()).value('nunchi_alert_messages_total{channel="ops",outcome="sent"}')).toBeNaN();
  });

  it('counts requests by route and class of status, and what was refused at the door', async () => {
    const { scrape } = setUp();
    const asked = { method: 'GET', route: '/api/events/{id}', status: '4xx', count: 7 };
    const text = await scrape({ http: { requests: [asked], refused: { host: 2 } } });
    const series = 'nunchi_http_requests_total{method="GET",route="/api/events/{id}",status="4xx"}';
    expect(text.value(series)).toBe(7);
    expect(text.value('nunchi_http_refused_requests_total{reason="host"}')).toBe(2);
  });

  it('names the overload state', async () => {
    const { scrape } = setUp();
    const text = await scrape({ overload: { state: 'live_reduced' } });
    expect(text.value('nunchi_overload_state{state="live_reduced"}')).toBe(1);
    expect(text.value('nunchi_overload_state{state="normal"}')).toBe(0);
  });

  it('counts event states that were lost by the reason, from nothing', async () => {
    const { scrape } = setUp();
    expect((await scrape()).value('nunchi_events_dropped_total{reason="recorder_full"}')).toBe(0);
    const text = await scrape({ eventsDropped: { recorder_full: 1, broker_away: 7 } });
    expect(text.value('nunchi_events_dropped_total{reason="broker_away"}')).toBe(7);
    expect(text.value('nunchi_events_dropped_total{reason="recorder_full"}')).toBe(1);
  });

  it('tells how much memory may be taken, and is', async () => {
    const { scrape } = setUp();
    const filming = camera('gate', 0);
    if (filming.counters !== null) filming.counters.ringBytes = 5 << 20;
    const resources = { budgetMb: 8, declaredMb: 4, refused: 0, models: [] };
    const text = await scrape({ resources, cameras: [filming, camera('yard', 0)] });
    expect(text.value('nunchi_memory_budget_bytes{pool="models"}')).toBe(8 << 20);
    expect(text.value('nunchi_memory_taken_bytes{pool="models"}')).toBe(4 << 20);
    expect(text.value('nunchi_memory_budget_bytes{pool="packets"}')).toBe(2 * (8 << 20));
    expect(text.value('nunchi_memory_taken_bytes{pool="packets"}')).toBe(5 << 20);
  });

  it('tells how long flushes took, and does not let their number fall when the thread is started anew', async () => {
    const { scrape } = setUp();
    const seen = [];
    for (const reading of [store(10), null, store(2)]) {
      const text = await scrape({ store: reading });
      seen.push([
        text.value('nunchi_store_flush_seconds_bucket{le="0.0025"}'),
        text.value('nunchi_store_flush_seconds_bucket{le="0.005"}'),
        text.value('nunchi_store_flush_seconds_bucket{le="+Inf"}'),
        text.value('nunchi_store_flush_seconds_count'),
        Math.round(text.value('nunchi_store_flush_seconds_sum') * 1_000),
      ]);
    }
    expect(seen).toEqual([
      [0, 10, 11, 11, 60_030],
      [0, 10, 11, 11, 60_030],
      [0, 12, 14, 14, 120_036],
    ]);
  });

  it('counts an event by its last state', async () => {
    const { metrics, scrape } = setUp();
    const series = 'nunchi_events_total{severity="high",verdict="unverified"}';
    expect((await scrape()).value(series)).toBe(0);
    const event = anomalyEvent({ severity: 'high', verdict: 'unverified' });
    metrics.ended(event);
    expect((await scrape()).value(series)).toBe(1);
  });

  it('does not let the frames of a camera fall when its session starts over', async () => {
    const { scrape } = setUp();
    const totals = [];
    for (const frames of [100, 130, 5, 20]) {
      const seen = await scrape({ cameras: [camera('gate', frames)] });
      totals.push(seen.value('nunchi_camera_frames_total{camera="gate"}'));
    }
    expect(totals).toEqual([100, 130, 135, 150]);
  });

  it('says of each camera what its picture is worth, and nothing else of it', async () => {
    const { scrape } = setUp();
    await scrape({ cameras: [camera('gate', 1)] });
    const seen = await scrape({ cameras: [{ ...camera('gate', 1), health: 'covered' }] });
    const worth = (health: string) =>
      seen.value(`nunchi_camera_picture_health{camera="gate",health="${health}"}`);
    expect(pictureHealths.filter((health) => worth(health) === 1)).toEqual(['covered']);
    expect(worth('good')).toBe(0);
  });

  it('forgets how a camera that is gone was doing', async () => {
    const { scrape } = setUp();
    await scrape({ cameras: [camera('gate', 1), camera('yard', 1)] });
    const after = await scrape({ cameras: [camera('gate', 1)] });
    expect(after.labelValues('nunchi_camera_up', 'camera')).toEqual(['gate']);
  });

  it('counts the calibrations, those that failed apart', async () => {
    const { scrape } = setUp();
    await scrape({ calibration: { fits: 2, failedFits: 0 } });
    const seen = await scrape({ calibration: { fits: 3, failedFits: 1 } });
    expect(seen.value('nunchi_calibration_fits_total')).toBe(3);
    expect(seen.value('nunchi_calibration_failed_fits_total')).toBe(1);
  });

  it('claims no lag of a store that does not answer', async () => {
    const { scrape } = setUp();
    const after = await scrape({ store: null });
    expect(after.sum('nunchi_store_lag_events')).toBeNaN();
  });

  it('forgets the counters of a camera that is gone, and counts one that comes back from nothing', async () => {
    const { clock, metrics, scrape } = setUp();
    metrics.scored({ readings: [reading('gate', clock.wallTime())], runMs: {} });
    const both = await scrape({ cameras: [camera('gate', 10), camera('yard', 20)] });
    expect(both.value('nunchi_camera_frames_total{camera="gate"}')).toBe(10);
    await scrape({ cameras: [camera('yard', 21)] });
    const text = await metrics.text({ ...idle, cameras: [camera('yard', 22)] });
    expect(text).not.toContain('camera="gate"');
    expect(text).toContain('nunchi_camera_frames_total{camera="yard"} 22');
    const back = await scrape({ cameras: [camera('gate', 3)] });
    expect(back.value('nunchi_camera_frames_total{camera="gate"}')).toBe(3);
  });
});
