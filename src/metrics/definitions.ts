/** Every metric of the product: name, help, labels, and where its value comes from. */
import { alertKinds, severities, verdicts } from '../event.js';
import { pictureHealths } from '../protocol/camera.js';
import { flushBoundsMs } from '../store-api.js';
import { MS_PER_S } from '../units.js';
import { memoryGauges } from './memory-metrics.js';
import { modelGauges, modelTotals } from './model-metrics.js';
import { httpTotals } from './http-metrics.js';
import { outputGauges, outputTotals } from './output-metrics.js';
import { single, type MetricName, type ReadMetric } from './read-metric.js';
import type { CameraReading } from './reading.js';

/** Counted here, by nobody else. */
export interface CountedMetric<L extends string> extends MetricName<L> {
  /** There from the start, as a rate does not see how a series came to its first value. */
  series: readonly Record<L, string>[];
}

/** Seconds: from a run on an accelerator to the deadline of one that hangs. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1, 2.5, 5, 10];

/** Observed as it happens. */
export const histograms = {
  inference: {
    name: 'nunchi_inference_duration_seconds',
    help: 'Duration of one run of a model; a run may score frames of several cameras.',
    labelNames: ['model'],
    buckets,
  },
  queueWait: {
    name: 'nunchi_queue_wait_seconds',
    help: 'Time from the arrival of a frame at a queue to the start of the run that scored it.',
    labelNames: ['queue'],
    buckets,
  },
  endToEnd: {
    name: 'nunchi_e2e_duration_seconds',
    help: 'Time from the capture of a frame to its anomaly score.',
    buckets,
  },
} as const;

/** Counted by the writer's thread. */
export const storeFlush = {
  name: 'nunchi_store_flush_seconds',
  help: 'Duration of one transaction that was committed to DuckDB.',
  bounds: flushBoundsMs.map((ms) => ms / MS_PER_S),
} as const;

/** Counted as it happens. */
export const counters = {
  scoredFrames: {
    name: 'nunchi_camera_scored_frames_total',
    help: 'Frames scored.',
    labelNames: ['camera'],
    series: [],
  },
  events: {
    name: 'nunchi_events_total',
    help: 'Events that ended and are stored, once each, by their final severity and their verdict by then.',
    labelNames: ['severity', 'verdict'],
    series: severities.flatMap((severity) => verdicts.map((verdict) => ({ severity, verdict }))),
  },
  alerts: {
    name: 'nunchi_alerts_total',
    help: 'Alerts delivered: immediate ones for an event, digests for several, notices and tests about a channel.',
    labelNames: ['kind'],
    series: alertKinds.map((kind) => ({ kind })),
  },
} as const;

/** As things are. */
export const gauges: readonly ReadMetric[] = [
  single(
    'nunchi_ready',
    '1 while frames can be scored and events stored, else 0; the log says why.',
    ({ ready }) => Number(ready),
  ),
  ofCameras(
    'nunchi_camera_fps',
    'Frames a second due for anomaly detection, as configured; compare with the rate of scored frames.',
    ({ fps }) => fps,
  ),
  ofCameras('nunchi_camera_up', '1 while the stream delivers, else 0.', ({ streaming }) => Number(streaming)),
  {
    name: 'nunchi_camera_picture_health',
    help: '1 for what the picture is worth now, 0 for everything else that it may be worth.',
    labelNames: ['camera', 'health'],
    samples: ({ cameras }) =>
      cameras.flatMap(({ id, health }) =>
        pictureHealths.map((name) => ({
          labels: { camera: id, health: name },
          value: Number(name === health),
        })),
      ),
  },
  single(
    'nunchi_store_waiting_events',
    'Event states that wait to become durable.',
    ({ eventsWaiting }) => eventsWaiting,
  ),
  single('nunchi_store_lag_events', 'Event states that are durable but not yet in DuckDB.', ({ store }) =>
    store === null ? NaN : store.lastSeq - store.projectedSeq,
  ),
  ...memoryGauges,
  ...modelGauges,
  ...outputGauges,
  single('nunchi_ws_clients', 'WebSocket clients connected.', ({ live }) => live.clients),
];

/** Counted by others, who may start over. */
export const totals: readonly ReadMetric[] = [
  ofCameras('nunchi_camera_frames_total', 'Frames decoded.', ({ counters }) => counters?.decodedFrames ?? 0),
  {
    name: 'nunchi_camera_skipped_frames_total',
    help: 'Frames due for anomaly detection that were skipped; vad_busy: it still held all buffers of the camera.',
    labelNames: ['camera', 'reason'],
    samples: ({ cameras }) =>
      cameras.map(({ id, counters }) => ({
        labels: { camera: id, reason: 'vad_busy' },
        value: counters?.vadFramesDropped ?? 0,
      })),
  },
  single(
    'nunchi_vad_replaced_frames_total',
    'Frames whose place in the VAD queue was taken by a newer one of their camera.',
    ({ vad }) => vad && vad.framesReplaced,
  ),
  single(
    'nunchi_vad_discarded_readings_total',
    'Frames of which a graph gave something other than finite numbers.',
    ({ vad }) => vad && vad.readingsDiscarded,
  ),
  single('nunchi_vad_failed_runs_total', 'VAD runs that failed.', ({ vad }) => vad && vad.failures),
  ...modelTotals,
  ...outputTotals,
  ...httpTotals,
  single(
    'nunchi_calibration_fits_total',
    'Calibrations fitted to what cameras saw.',
    ({ calibration }) => calibration.fits,
  ),
  single(
    'nunchi_calibration_failed_fits_total',
    'Calibrations that could not be fitted; the camera goes on with the one it has.',
    ({ calibration }) => calibration.failedFits,
  ),
  {
    name: 'nunchi_events_dropped_total',
    help: 'States of events that were lost; recorder_full: before they were stored; broker_away: homes never heard of them.',
    labelNames: ['reason'],
    samples: ({ eventsDropped }) =>
      Object.entries(eventsDropped).map(([reason, value]) => ({ labels: { reason }, value })),
  },
  single(
    'nunchi_store_flush_failures_total',
    'Attempts to write to DuckDB that failed; they are repeated.',
    ({ store }) => store && store.flushFailures,
  ),
  single('nunchi_ws_sent_frames_total', 'Live frames sent to clients.', ({ live }) => live.framesSent),
  single(
    'nunchi_ws_discarded_frames_total',
    'Live frames due for a client that had not taken the earlier ones.',
    ({ live }) => live.framesSkipped,
  ),
];

function ofCameras(name: string, help: string, read: (camera: CameraReading) => number): ReadMetric {
  return {
    name,
    help,
    labelNames: ['camera'],
    samples: ({ cameras }) =>
      cameras.map((camera) => ({ labels: { camera: camera.id }, value: read(camera) })),
  };
}
