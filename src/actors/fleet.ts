import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../clock.js';
import type { CameraSettings } from '../config.js';
import { AppError } from '../errors.js';
import { workerEntry } from '../paths.js';
import type { HealthMessage, VadReading } from '../protocol.js';
import { Detector } from '../scoring/detector.js';
import { FaultEpisodes } from '../scoring/picture-fault.js';
import { isBlind } from '../picture/health.js';
import { graphsOf, type VadGraph, type VadModelName } from '../vad-model.js';
import { activeCells } from '../zones.js';
import { Camera, type LiveFrame } from './camera.js';
import type { Connection } from './camera-state.js';
import { Recorder, type RecorderOptions } from './recorder.js';
import { threadRestartPolicy } from './restart-policy.js';
import type { Supervisor, SupervisorEvent } from './supervisor.js';
import type { Observation } from './traces.js';

/** Everything main keeps of one camera. */
export interface FleetMember {
  /** Stable, counts from 0; names the camera in live frames. */
  index: number;
  camera: Camera;
  detector: Detector;
  /** What is wrong with the picture itself. */
  faults: FaultEpisodes;
  recorder: Recorder;
}

export interface FleetOptions {
  supervisor: Supervisor;
  clock: Clock;
  random: () => number;
  once: boolean;
  attachGpu: (camera: string, model: VadModelName, port: MessagePort) => void;
  recording: (camera: Camera) => Omit<RecorderOptions, 'camera' | 'threshold'>;
  /** What became of a camera's score, after each reading and each interruption. */
  onObserved: (observation: Observation) => void;
  onLive: (member: FleetMember, frame: LiveFrame) => void;
  onConnection: (camera: Camera, previous: Connection) => void;
  /** Every camera has ended by itself; only files played once do. */
  onAllEnded: () => void;
}

const STOP_MS = 8_000;
/** Seconds in which a camera that was moved for good learns what is usual there. */
const NEW_VIEW_S = 60;

/** A camera's newest anomaly score in [0, 1]; null before the first, and while its picture cannot be scored. */
export function scoreOf({ camera, detector }: FleetMember): number | null {
  return isBlind(camera.health) ? null : (detector.latest?.anomalyScore ?? null);
}

function isConnected({ state }: Connection): boolean {
  return state === 'streaming' || state === 'stalled';
}

/** All cameras: their threads, their detectors and their recorders. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, FleetMember>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get members(): FleetMember[] {
    return [...this.#members.values()];
  }

  get(id: string): FleetMember | undefined {
    return this.#members.get(id);
  }

  /** Throws `camera.not_found`. */
  require(id: string): FleetMember {
    const member = this.#members.get(id);
    if (member === undefined)
      throw new AppError('camera.not_found', `there is no camera ${id}`, { camera: id });
    return member;
  }

  /** Starts a camera's recorder. The camera itself is started by `startCameras`, once all that it feeds is up. */
  async add(settings: CameraSettings): Promise<void> {
    const { supervisor, clock, random, once, attachGpu, recording } = this.#options;
    const detector = new Detector(settings.vad, activeCells(settings.zones, settings.masks), random);
    const camera = new Camera({
      settings,
      once,
      entry: workerEntry('camera'),
      clock,
      random,
      attachGpu: (id, port) => {
        attachGpu(id, settings.vad.model, port);
      },
      onLive: (_camera, frame) => {
        this.#options.onLive(member, frame);
      },
      onHealth: (_camera, message) => {
        this.#healthChanged(member, message);
      },
      onConnection: (_camera, previous) => {
        this.#connectionChanged(member, previous);
      },
    });
    const recorder = new Recorder({
      camera: settings,
      threshold: detector.options.threshold,
      ...recording(camera),
    });
    const faults = new FaultEpisodes(settings.id);
    const member: FleetMember = { index: this.#members.size, camera, detector, faults, recorder };
    this.#members.set(settings.id, member);
    await supervisor.add({
      id: `recorder:${settings.id}`,
      stage: 'recorders',
      start: () => recorder.start(),
      policy: threadRestartPolicy,
      onGiveUp: 'escalate',
      shutdownMs: STOP_MS,
    });
  }

  async startCameras(): Promise<void> {
    for (const { camera } of this.members) {
      await this.#options.supervisor.add({
        id: `camera:${camera.id}`,
        stage: 'cameras',
        start: () => camera.start(),
        policy: threadRestartPolicy,
        onGiveUp: 'quarantine',
        shutdownMs: STOP_MS,
      });
    }
  }

  /** The graphs that some camera needs. */
  get graphs(): VadGraph[] {
    return [...new Set(this.members.flatMap(({ camera }) => graphsOf[camera.settings.vad.model]))];
  }

  /** New channels to a GPU worker that was started again. */
  connectGpu(): void {
    for (const { camera } of this.members) camera.connectGpu();
  }

  read(readings: readonly VadReading[]): void {
    for (const reading of readings) {
      const member = this.#members.get(reading.camera);
      if (member === undefined) continue;
      const change = member.detector.observe(reading);
      this.#observed(member, reading.ptsUs);
      if (change !== null) member.recorder.change(change);
    }
  }

  /** Passes on what the supervisor did about a camera's thread. */
  supervised(event: SupervisorEvent): void {
    const [kind, id] = event.id.split(':');
    if (kind === 'camera' && id !== undefined) this.#members.get(id)?.camera.supervised(event);
  }

  /** `ptsUs`: of the reading that was just taken; null without one. */
  #observed({ camera, detector }: FleetMember, ptsUs: number | null): void {
    const { latest, phase, options } = detector;
    const score = latest !== null && latest.ptsUs === ptsUs ? latest : null;
    this.#options.onObserved({ camera: camera.id, threshold: options.threshold, phase, score });
  }

  #healthChanged({ detector, faults, recorder }: FleetMember, message: HealthMessage): void {
    if (message.viewChanged) detector.learnAnew(NEW_VIEW_S);
    for (const change of faults.observe(message)) recorder.change(change);
  }

  #connectionChanged(member: FleetMember, previous: Connection): void {
    const { camera, detector, faults, recorder } = member;
    if (isConnected(previous) && !isConnected(camera.connection)) {
      const change = detector.interrupt();
      this.#observed(member, null);
      if (change !== null) recorder.change(change);
      for (const ended of faults.interrupt(this.#options.clock.wallTime())) recorder.change(ended);
    }
    this.#options.onConnection(camera, previous);
    if (this.members.every(({ camera }) => camera.connection.state === 'stopped')) this.#options.onAllEnded();
  }
}
