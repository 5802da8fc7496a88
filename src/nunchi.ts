/** The composition root: the only file that sees every part. Also the entry for embedding. */
import { Alerts } from './actors/alerts.js';
import { CalibrationPool } from './actors/calibration-pool.js';
import { Calibrations } from './actors/calibrations.js';
import type { Camera } from './actors/camera.js';
import { calibratedCamera } from './actors/camera-calibration.js';
import type { Connection } from './actors/camera-state.js';
import { EventFeedback } from './actors/event-feedback.js';
import { Fleet, scoreOf } from './actors/fleet.js';
import { Gpu } from './actors/gpu.js';
import { threadRestartPolicy } from './actors/restart-policy.js';
import { Snapshots } from './actors/snapshots.js';
import { Supervisor, type SupervisorEvent } from './actors/supervisor.js';
import { alertStep } from './actors/trace-steps.js';
import { Traces } from './actors/traces.js';
import { Writer } from './actors/writer.js';
import type { Recorded } from './actors/recorder.js';
import type { Launch } from './cli.js';
import { every, systemClock } from './clock.js';
import { AppError } from './errors.js';
import type { AnomalyEvent, Place } from './event.js';
import { LiveHub } from './http/live.js';
import { startHttp } from './http/server.js';
import type { Logger } from './log.js';
import { Metrics } from './metrics/metrics.js';
import { productAssessment, type ProductAssessment } from './product-assessment.js';
import { productServices } from './product-services.js';
import { MS_PER_S, S_PER_DAY } from './units.js';
import { graphsOf } from './vad-model.js';

const STOP_MS = 8_000;
const STATS_PERIOD_MS = 1_000;
const PRUNE_PERIOD_MS = 3_600_000;
/** Pixels, wide enough to recognise what happened. */
const SNAPSHOT_WIDTH = 1_280;
/** The frame of a peak is kept for about a second. */
const SNAPSHOT_DEADLINE_MS = 1_500;

export interface Nunchi {
  /** Where the API answers. */
  url: string;
  /** Settles when the product is over without being asked: null when every file has ended, else what broke it. */
  ended: Promise<AppError | null>;
  /** Stops cameras first and the store last; what happened until now is stored. Returns what would not stop. */
  stop(): Promise<string[]>;
}

/** Starts the whole product. Throws `store.*` and `listen.failed`; a missing model or camera does not keep it down. */
export async function startNunchi(
  { config, cameras, demo, once }: Launch,
  log: Logger,
  version: string,
): Promise<Nunchi> {
  const clock = systemClock;
  const random = Math.random;
  const metrics = new Metrics(clock);
  let end: (error: AppError | null) => void = () => undefined;
  const ended = new Promise<AppError | null>((resolve) => (end = resolve));
  const warn = (what: string) => (error: AppError) => {
    log.warn({ ...error.toRecord() }, what);
  };

  const supervisor = new Supervisor({ clock, random, onEvent: supervised });
  const snapshots = new Snapshots(config.data_dir);
  const writer = new Writer({
    dataDir: config.data_dir,
    batchSize: config.store.batch_size,
    batchMs: config.store.batch_ms,
    retentionDays: config.store.retention_days,
    clock,
    random,
    onFailure: warn('events are not being stored'),
  });
  const alerts = new Alerts({
    policy: {
      dedupMs: config.alerts.dedup_s * MS_PER_S,
      digestMs: config.alerts.digest_s * MS_PER_S,
      rules: config.alerts.rules,
    },
    clock,
    loadState: (key) => writer.loadState(key),
    saveState: (key, value) => writer.saveState(key, value),
    deliver: (alert) => {
      log.warn({ alert }, 'alert');
      hub.alert(alert);
      metrics.delivered(alert);
    },
    onSaveFailure: warn('the alert state is not being stored'),
    onDecision: (event, decision) => {
      log.info(
        { event: event.id, camera: event.camera, severity: event.severity, decision: decision.type },
        'event',
      );
      traces.step(event.id, alertStep(decision));
    },
  });
  const traces = new Traces({
    clock,
    save: (trace) => writer.saveTrace(trace),
    load: (id) => writer.trace(id),
    list: (query) => writer.traces(query),
    onFailure: warn('traces are not being stored'),
  });
  const calibrations = new Calibrations({
    clock,
    pool: new CalibrationPool(),
    loadState: (key) => writer.loadState(key),
    saveState: (key, value) => writer.saveState(key, value),
    onAdopted: (camera, { version, reason, calibration: { seconds, threshold } }) => {
      log.info({ camera, version, reason, seconds, threshold }, 'calibrated');
    },
    onFailure: (camera, error) => {
      warn(`calibration of camera ${camera}`)(error);
    },
  });
  const feedback = new EventFeedback({
    load: (id) => writer.event(id),
    store: (event) => writer.append(event),
    calibrations,
    onGiven: (event) => {
      hub.event(event);
    },
  });
  const gpu = new Gpu({
    modelsDir: config.models_dir,
    device: config.resources.device,
    vlmThreads: config.vlm.threads,
    clock,
    onReadings: (run) => {
      metrics.scored(run);
      fleet.read(run.readings);
    },
    onStarted: () => {
      fleet.connectGpu();
      assessment.gpuRestarted();
    },
    onFailure: (error) => {
      warn('the VAD does not score')(error);
      if (error.code === 'gpu.deadline') end(error);
    },
  });
  const assessment: ProductAssessment = productAssessment({
    config,
    demo,
    clock,
    random,
    gpu,
    async loadVad() {
      await gpu.useGraphs(fleet.graphs);
      if (gpu.failure !== null) throw gpu.failure;
    },
    traces,
    nameOf: (camera) => fleet.require(camera).camera.settings.name,
    takeClip: async (camera, ptsUs, wish, box) => fleet.require(camera).camera.clip(ptsUs, wish, box),
    events: async (query) => (await writer.query(query)).events,
    onAssessed: ({ camera, eventId }, result) => {
      fleet.get(camera)?.recorder.assess(eventId, result);
    },
    onFailure: (model, error) => {
      if (model !== 'vad') warn(`the ${model} is not used`)(error);
    },
  });
  const fleet: Fleet = new Fleet({
    supervisor,
    clock,
    random,
    once,
    attachGpu: (camera, model, port) => {
      gpu.attach(camera, model, port);
    },
    recording: (camera) => ({
      models: () => graphsRead(camera),
      saveSnapshot: (eventId, ptsUs, place) => saveSnapshot(camera, eventId, ptsUs, place),
      append: (event, isLast) => feedback.append(event, isLast),
      onCandidate: (candidate) => {
        assessment.consider(candidate);
      },
      onDurable: eventStored,
    }),
    onObserved: (observation) => {
      traces.observed(observation);
    },
    onLive: (member, { frame, sequence, wallTime }) => {
      hub.frame(member.camera.id, frame, { sequence, wallTime }, scoreOf(member) ?? NaN);
    },
    onConnection: connectionChanged,
    onAllEnded: () => {
      if (once) end(failureOfCameras());
    },
  });
  const services = productServices({
    fleet,
    gpu,
    writer,
    snapshots,
    calibrations,
    feedback,
    traces,
    assessment,
    version,
    metrics,
    hub: () => hub,
    clock,
  });
  const hub: LiveHub = new LiveHub({ cameras: services.cameras, clock, defaults: config.defaults.live });

  function supervised(event: SupervisorEvent): void {
    if (event.type === 'failed')
      log.error({ ...event.error.toRecord(), restartInMs: event.restartInMs }, `${event.id} failed`);
    if (event.type === 'gaveUp') log.error({ ...event.error.toRecord() }, `${event.id} failed too often`);
    fleet.supervised(event);
    if (event.type === 'gaveUp' && event.escalated) end(event.error);
  }

  function connectionChanged(camera: Camera, previous: Connection): void {
    const { state, lastError } = camera.connection;
    const details = { camera: camera.id, from: previous.state, to: state };
    if (state === 'backing_off' || state === 'quarantined')
      log.warn({ ...details, error: lastError }, 'camera');
    else log.info(details, 'camera');
  }

  /** The graphs that a camera's readings come from. */
  function graphsRead({ settings }: Camera): typeof gpu.models {
    return gpu.models.filter(({ name }) => graphsOf[settings.vad.model].includes(name));
  }

  /** Null when every file was played to its end. */
  function failureOfCameras(): AppError | null {
    const failed = fleet.members.find(({ camera }) => camera.connection.lastError !== null)?.camera;
    const lastError = failed?.connection.lastError ?? null;
    return lastError === null ? null : AppError.fromRecord(lastError);
  }

  async function saveSnapshot(
    camera: Camera,
    eventId: string,
    ptsUs: number,
    place: Place | undefined,
  ): Promise<boolean> {
    const take = (marked?: Place) => camera.snapshot(ptsUs, SNAPSHOT_WIDTH, SNAPSHOT_DEADLINE_MS, marked);
    try {
      // Both at once: the frame is not held for long.
      const [plain, overlay] = await Promise.all([take(), place === undefined ? null : take(place)]);
      await snapshots.save(eventId, plain, overlay);
      return true;
    } catch (thrown) {
      warn(`no picture of event ${eventId}`)(AppError.from(thrown));
      return false;
    }
  }

  function eventStored(event: AnomalyEvent, { announce, final }: Recorded): void {
    hub.event(event);
    if (announce) void alerts.consider(event);
    if (!final) return;
    metrics.ended(event);
    traces.finished(event.id);
  }

  const policy = threadRestartPolicy;
  const core = { policy, onGiveUp: 'escalate', shutdownMs: STOP_MS } as const;
  await supervisor.add({ id: 'writer', stage: 'store', start: () => writer.start(), ...core });
  const failedStart = async (error: unknown): Promise<never> => {
    await supervisor.stop();
    throw error;
  };
  await supervisor.add({ id: 'traces', stage: 'traces', start: () => traces.start(), ...core });
  await supervisor
    .add({ id: 'alerts', stage: 'alerts', start: () => alerts.start(), ...core })
    .catch(failedStart);
  await supervisor.add({
    id: 'calibrations',
    stage: 'calibrations',
    start: () => calibrations.start(),
    ...core,
  });
  for (const settings of cameras) await fleet.add(settings);
  await gpu.useGraphs(fleet.graphs);
  const http = await startHttp({
    host: config.http.host,
    port: config.http.port,
    tokens: config.http.tokens,
    services,
    hub,
    clock,
    reportBug: warn('request failed'),
  }).catch(failedStart);
  await supervisor.add({ id: 'gpu', stage: 'gpu', start: () => gpu.start(), ...core }).catch(failedStart);
  await assessment.loadVad();
  await supervisor.add({ id: 'agent', stage: 'assessment', start: () => assessment.start(), ...core });
  for (const { camera, detector } of fleet.members) {
    await calibrations.add(calibratedCamera(camera.settings, detector, graphsRead(camera)));
  }
  await fleet.startCameras();
  const cancelStats = every(clock, STATS_PERIOD_MS, () => {
    if (!hub.isFollowed('stats')) return;
    void services.stats().then((stats) => {
      hub.stats(stats);
    });
  });
  const cancelPrune = every(clock, PRUNE_PERIOD_MS, () => {
    const oldest = clock.wallTime() - config.store.retention_days * S_PER_DAY;
    snapshots.prune(oldest).catch((thrown: unknown) => {
      warn('old pictures were not removed')(AppError.from(thrown));
    });
  });

  return {
    url: http.url,
    ended,
    async stop() {
      cancelStats();
      cancelPrune();
      const stuck = await supervisor.stop();
      http.close();
      return stuck;
    },
  };
}
