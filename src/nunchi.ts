/** The composition root: the only file that sees every part. Also the entry for embedding. */
import { staysOnMachine } from './access/access.js';
import { AuditLog } from './actors/access/audit-log.js';
import { CalibrationPool } from './actors/calibration/calibration-pool.js';
import { Calibrations } from './actors/calibration/calibrations.js';
import type { Camera } from './actors/cameras/camera.js';
import type { Connection } from './actors/cameras/camera-state.js';
import { Fleet } from './actors/cameras/fleet.js';
import { scoreOf } from './actors/cameras/fleet-member.js';
import { Gpu } from './actors/gpu.js';
import { threadRestartPolicy } from './actors/kernel/restart-policy.js';
import { Supervisor, type SupervisorEvent } from './actors/kernel/supervisor.js';
import { TokenStore } from './actors/access/token-store.js';
import { Traces } from './actors/traces/traces.js';
import { Writer } from './actors/events/writer.js';
import { systemClock } from './clock.js';
import { AppError } from './errors.js';
import { FileSettings } from './config/file-settings.js';
import { LiveHub } from './http/live/live.js';
import { startHttp, type RunningHttp } from './http/server.js';
import type { Logger } from './log.js';
import { Metrics } from './metrics/metrics.js';
import type { Launch } from './product-options.js';
import { productAlerting, type ProductAlerting } from './product/alerting.js';
import { productAssessment, type ProductAssessment } from './product/assessment.js';
import { graphsRead, productCameras, type ProductCameras } from './product/cameras.js';
import { productEvents, type ProductEvents } from './product/events.js';
import { productOverload, type ProductOverload } from './product/overload.js';
import { holdAgainstPlan } from './product/planned-cameras.js';
import { ProductLog } from './product/product-log.js';
import { startRounds } from './product/rounds.js';
import { productServices } from './product/services.js';

const STOP_MS = 8_000;

export interface Nunchi {
  /** Where the API answers. */
  url: string;
  /** Settles when the product is over without being asked: null when every file has ended, else what broke it. */
  ended: Promise<AppError | null>;
  /** Reads the configuration file again. Never rejects: a bad file is told in the log, and leaves all as it is. */
  reload(): Promise<void>;
  /** Stops cameras first and the store last; what happened until now is stored. Returns what would not stop. */
  stop(): Promise<string[]>;
}

/** Starts the whole product. Throws `overload.refused`, `store.*` and `listen.failed`; a missing model or camera does not keep it down. */
export async function startNunchi(launch: Launch, log: Logger, version: string): Promise<Nunchi> {
  const { config, loaded, cameras, demo, once } = launch;
  const clock = systemClock;
  const random = Math.random;
  const metrics = new Metrics(clock);
  let end: (error: AppError | null) => void = () => undefined;
  const ended = new Promise<AppError | null>((resolve) => (end = resolve));
  const told = new ProductLog(log);
  holdAgainstPlan(config, cameras, log);

  const settings = new FileSettings({
    loaded,
    clock,
    onChanged: (changed, requestId) => {
      told.configured(changed, requestId);
      if (requestId === null) audit.record(reloadAct);
    },
    onFailure: told.failing('the configuration file is not taken over'),
  });
  const audit = new AuditLog({ dataDir: config.data_dir, clock, onFailure: told.failing('audit log') });
  const tokens = new TokenStore({
    dataDir: config.data_dir,
    configured: config.http.tokens,
    rules: { staysOnMachine: staysOnMachine(config.http), anonymous: config.http.allow_anonymous ?? null },
    clock,
    onFailure: told.failing('tokens'),
  });
  const supervisor = new Supervisor({ clock, random, onEvent: supervised });
  const writer = new Writer({
    dataDir: config.data_dir,
    batchSize: config.store.batch_size,
    batchMs: config.store.batch_ms,
    retentionDays: config.store.retention_days,
    clock,
    random,
    onFailure: told.failing('events are not being stored'),
  });
  const traces = new Traces({
    clock,
    save: (trace) => writer.saveTrace(trace),
    load: (id) => writer.trace(id),
    list: (query) => writer.traces(query),
    onFailure: told.failing('traces are not being stored'),
  });
  const calibrations = new Calibrations({
    clock,
    pool: new CalibrationPool(),
    loadState: (key) => writer.loadState(key),
    saveState: (key, value) => writer.saveState(key, value),
    onAdopted: (camera, adopted) => {
      told.calibrated(camera, adopted);
    },
    onFailure: (camera, error) => {
      told.failed('a camera is not calibrated', error, { camera });
    },
  });
  const events: ProductEvents = productEvents({
    config,
    current: () => settings.config,
    clock,
    writer,
    calibrations,
    fleet: () => fleet,
    onStored: (change) => {
      hub.event(change.after);
      alerting.homes.event(change);
    },
    onAnnounced: (event) => void alerting.alerts.consider(event),
    onFinal: (event) => {
      metrics.ended(event);
      traces.finished(event.id);
    },
    onFailure: told.failed,
  });
  const alerting: ProductAlerting = productAlerting({
    config,
    clock,
    random,
    log,
    writer,
    traces,
    snapshots: events.snapshots,
    fleet: () => fleet,
    changes: () => cameraChanges.changes,
    deliver: (alert) => {
      hub.alert(alert);
      metrics.delivered(alert);
    },
  });
  const gpu = new Gpu({
    modelsDir: config.models_dir,
    device: config.resources.device,
    vlmThreads: config.vlm.threads,
    clock,
    onReadings: (run) => {
      metrics.scored(run);
      overload.scored(run);
      fleet.read(run.readings);
    },
    onStarted: () => {
      fleet.connectGpu();
      assessment.gpuRestarted();
    },
    onFailure: (error) => {
      told.failed('the VAD does not score', error);
      if (error.code === 'gpu.deadline') end(error);
    },
  });
  const assessment: ProductAssessment = productAssessment({
    config,
    agentRules: () => settings.config.agent.rules,
    demo,
    clock,
    random,
    gpu,
    async loadVad() {
      await gpu.useGraphs(fleet.graphs);
      if (gpu.failure !== null) throw gpu.failure;
    },
    traces,
    // Both go on for a camera that was removed meanwhile: its candidates are seen through.
    nameOf: (camera) => fleet.get(camera)?.camera.settings.name ?? camera,
    onAssessed: ({ eventId }, result) => {
      fleet.assess(eventId, result);
    },
    wishNow: (wish) => overload.wish(wish),
    takeClip: async (camera, ptsUs, wish, box) => fleet.require(camera).camera.clip(ptsUs, wish, box),
    events: async (query) => (await writer.query(query)).events,
    onFailure: (model, error) => {
      if (model !== 'vad') told.failed(`the ${model} is not used`, error);
    },
  });
  const fleet: Fleet = new Fleet({
    supervisor,
    clock,
    random,
    once,
    decode: config.decode,
    attachGpu: (camera, model, port) => {
      gpu.attach(camera, model, port);
    },
    detachGpu: (camera) => {
      gpu.detach(camera);
    },
    recording: (camera) => ({
      ...events.recording(camera),
      models: () => graphsRead(gpu, camera),
      onCandidate: (candidate) => {
        assessment.consider(candidate);
      },
      onHeld: (eventId, episode) => {
        assessment.held(eventId, episode);
      },
      onEnded: (eventId) => {
        assessment.ended(eventId);
      },
    }),
    onObserved: (observation) => {
      traces.observed(observation);
    },
    onLive: (member, { frame, sequence, wallTime }) => {
      hub.frame(member.camera.id, frame, { sequence, wallTime }, scoreOf(member) ?? NaN);
    },
    onConnection: connectionChanged,
    onRemoved: (camera) => {
      hub.cameraRemoved(camera);
      traces.forget(camera);
    },
    onAllEnded: () => {
      if (once) end(failureOf(fleet));
    },
  });
  const overload: ProductOverload = productOverload({
    clock,
    fleet: () => fleet,
    gpu,
    limitLive: (fpsMax) => {
      hub.limitFps(fpsMax);
    },
    onChange: (state, load) => {
      told.overloaded(state, load);
    },
  });
  const cameraChanges: ProductCameras = productCameras({
    launch,
    settings,
    clock,
    fleet,
    gpu,
    writer,
    calibrations,
    onChanged: (change, requestId) => {
      told.cameraChanged(change, requestId);
    },
    onCrowded: (running, tried) => {
      told.crowded(running, tried);
    },
    onFailure: told.failed,
  });
  settings.subscribe(async (next, _previous, requestId) => {
    log.level = next.log.level;
    await alerting.alerts.reconfigure(next.alerts);
    await cameraChanges.configure(next, requestId).finally(alerting.showCameras);
    void events.clips.prune();
  });
  let answering: RunningHttp | null = null;
  const services = productServices({
    fleet,
    gpu,
    writer,
    calibrations,
    traces,
    events,
    alerts: alerting.alerts,
    assessment,
    overload,
    http: () => answering,
    cameraDesk: cameraChanges.desk,
    settings,
    version,
    metrics,
    hub: () => hub,
    clock,
  });
  const hub: LiveHub = new LiveHub({ cameras: services.cameras, clock, defaults: config.defaults.live });

  function supervised(event: SupervisorEvent): void {
    told.supervised(event);
    fleet.supervised(event);
    if (event.type === 'gaveUp' && event.escalated) end(event.error);
  }

  function connectionChanged(camera: Camera, previous: Connection): void {
    told.connectionChanged(camera, previous);
    alerting.showCameras();
  }

  const core = { policy: threadRestartPolicy, onGiveUp: 'escalate', shutdownMs: STOP_MS } as const;
  const failedStart = async (error: unknown): Promise<never> => {
    await supervisor.stop();
    throw error;
  };
  await supervisor.add({ id: 'writer', stage: 'store', start: () => writer.start(), ...core });
  await events.clips.open();
  await supervisor.add({ id: 'traces', stage: 'traces', start: () => traces.start(), ...core });
  await supervisor
    .add({ id: 'alerts', stage: 'alerts', start: () => alerting.alerts.start(), ...core })
    .catch(failedStart);
  await supervisor.add({
    id: 'calibrations',
    stage: 'calibrations',
    start: () => calibrations.start(),
    ...core,
  });
  await cameraChanges.paused.load();
  // Recorders come and go with their cameras; the stage keeps its place in the order of the stop.
  supervisor.reserve('recorders');
  for (const camera of cameras) await fleet.add(camera);
  await gpu.useGraphs(fleet.graphs);
  const http = await startHttp({
    host: config.http.host,
    port: config.http.port,
    allowedHosts: config.http.allowed_hosts,
    ratePerS: config.http.rate_limit_per_s,
    doorkeeper: tokens,
    audit,
    services,
    hub,
    clock,
    onRequest({ kind, ...request }) {
      log[kind === 'refused' ? 'info' : 'warn'](request, `request ${kind}`);
    },
    reportBug: (error, requestId) => {
      log.warn({ request_id: requestId ?? undefined, ...error.toRecord() }, 'reply broke off');
    },
  }).catch(failedStart);
  answering = http;
  tokens.start();
  await supervisor.add({ id: 'gpu', stage: 'gpu', start: () => gpu.start(), ...core }).catch(failedStart);
  await assessment.loadVad();
  await supervisor.add({ id: 'agent', stage: 'assessment', start: () => assessment.start(), ...core });
  const trials = { id: 'camera-trials', stage: 'cameras', start: () => cameraChanges.trials.start() };
  await supervisor.add({ ...trials, ...core });
  await cameraChanges.changes.start();
  settings.start();
  overload.start();
  alerting.showCameras();
  const endRounds = startRounds({ clock, hub, services, alerting, events, onFailure: told.failed });

  return {
    url: http.url,
    ended,
    reload: () => settings.reload(),
    async stop() {
      await settings.stop();
      overload.stop();
      endRounds();
      const stuck = await supervisor.stop();
      http.close();
      tokens.stop();
      await audit.flush();
      return stuck;
    },
  };
}

const reloadAct = {
  caller: 'local',
  address: null,
  action: 'config reload',
  target: null,
  status: null,
  request_id: null,
};

/** Null when every file was played to its end. */
function failureOf(fleet: Fleet): AppError | null {
  const failed = fleet.members.find(({ camera }) => camera.connection.lastError !== null)?.camera;
  const lastError = failed?.connection.lastError ?? null;
  return lastError === null ? null : AppError.fromRecord(lastError);
}
