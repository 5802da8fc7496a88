import type { MessagePort } from 'node:worker_threads';
import type { CameraSettings } from '../../camera/camera-config.js';
import type { CameraChange } from '../../camera/camera-plan.js';
import type { DecodeSettings } from '../../camera/decode-config.js';
import type { Clock } from '../../clock.js';
import type { Assessment } from '../../decision/assessment.js';
import { AppError } from '../../errors.js';
import { workerEntry } from '../../paths.js';
import type { VadReading } from '../../protocol/gpu.js';
import { Detector } from '../../scoring/detector.js';
import { FaultEpisodes } from '../../scoring/picture-fault.js';
import { graphsOf, type VadGraph, type VadModelName } from '../../vad-model.js';
import { activeCells } from '../../zones.js';
import { Camera, type LiveFrame } from './camera.js';
import type { Connection } from './camera-state.js';
import { FleetRecorders } from './fleet-recorders.js';
import { endEpisodes, takeHealth, takeReading, type FleetMember } from './fleet-member.js';
import type { RecorderOptions } from '../events/recorder.js';
import { threadRestartPolicy } from '../kernel/restart-policy.js';
import type { Supervisor, SupervisorEvent } from '../kernel/supervisor.js';
import type { Observation } from '../traces/traces.js';

export interface FleetOptions {
  supervisor: Supervisor;
  clock: Clock;
  random: () => number;
  once: boolean;
  /** What decodes the streams. */
  decode: DecodeSettings;
  attachGpu: (camera: string, model: VadModelName, port: MessagePort) => void;
  /** The GPU worker is to forget a camera: its window, its memory and its port. */
  detachGpu: (camera: string) => void;
  recording: (camera: Camera) => Omit<RecorderOptions, 'camera' | 'threshold' | 'onDropped'>;
  /** What became of a camera's score, after each reading and each interruption. */
  onObserved: (observation: Observation) => void;
  onLive: (member: FleetMember, frame: LiveFrame) => void;
  onConnection: (camera: Camera, previous: Connection) => void;
  /** A camera is about to be forgotten, in this very moment. */
  onRemoved: (camera: string) => void;
  /** Every camera has ended by itself; only files played once do. */
  onAllEnded: () => void;
}

const STOP_MS = 8_000;

function isConnected({ state }: Connection): boolean {
  return state === 'streaming' || state === 'stalled';
}

/** All cameras: their threads, their detectors and their recorders. Changes of one leave the others alone. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, FleetMember>();
  readonly #recorders: FleetRecorders;
  #nextIndex = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#recorders = new FleetRecorders(options.supervisor);
  }

  get members(): FleetMember[] {
    return [...this.#members.values()];
  }

  /** Messages about events that the recorders lost, since the start. */
  get eventsDropped(): number {
    return this.#recorders.dropped;
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

  /** Starts a camera's recorder. The camera itself is started by `start`, once all that it feeds is up. */
  async add(settings: CameraSettings): Promise<void> {
    const camera = this.#newCamera(settings);
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    const recorded = {
      get settings() {
        return camera.settings;
      },
      get threshold() {
        return member.detector.options.threshold;
      },
    };
    const key = `${settings.id}:${index}`;
    const recorder = await this.#recorders.add(key, recorded, this.#options.recording(camera));
    const member: FleetMember = {
      index,
      camera,
      detector: this.#newDetector(settings),
      faults: new FaultEpisodes(settings.id),
      recorder,
      isStopping: false,
    };
    this.#members.set(settings.id, member);
  }

  /** Starts a camera's thread. Throws `camera.not_found`. */
  async start(id: string): Promise<void> {
    const member = this.require(id);
    member.isStopping = false;
    await this.#options.supervisor.add({
      id: `camera:${id}`,
      stage: 'cameras',
      start: () => member.camera.start(),
      policy: threadRestartPolicy,
      onGiveUp: 'quarantine',
      shutdownMs: STOP_MS,
    });
  }

  /** Starts all but those that are paused. */
  async startCameras(isPaused: (id: string) => boolean): Promise<void> {
    for (const { camera } of this.members) {
      if (isPaused(camera.id)) camera.pause();
      else await this.start(camera.id);
    }
  }

  /** A camera that is paused decodes nothing; what is open ends. Throws `camera.not_found`, `thread.deadline`. */
  async pause(id: string): Promise<void> {
    const member = this.require(id);
    this.#endEpisodes(member);
    member.camera.pause();
    await this.#stop(member);
  }

  /** Goes on after a pause. Throws `camera.not_found`. */
  async resume(id: string): Promise<void> {
    this.require(id).camera.startOver();
    await this.start(id);
  }

  /**
   * Stops a camera and forgets it. What of it was not decided on yet still is, and people are told. Throws
   * `camera.not_found`, and `thread.deadline` when its thread does not end; it may be removed again.
   */
  async remove(id: string): Promise<void> {
    const member = this.require(id);
    this.#endEpisodes(member);
    await this.#stop(member);
    this.#options.onRemoved(id);
    this.#members.delete(id);
    this.#recorders.retire(member.recorder);
  }

  /** Gives a camera other settings; a paused one stays paused. Throws `camera.not_found`, `thread.deadline`. */
  async change({ settings, restart, relearn }: CameraChange): Promise<void> {
    const member = this.require(settings.id);
    const { camera } = member;
    const runs = restart && camera.connection.state !== 'paused';
    if (restart || relearn) this.#endEpisodes(member);
    if (runs) await this.#stop(member);
    camera.configure(settings);
    if (relearn) member.detector = this.#newDetector(settings);
    else member.detector.setThreshold(settings.vad.threshold);
    if (!runs) return;
    camera.startOver();
    await this.start(settings.id);
  }

  /** Passes on what was made of an anomaly, also of a camera that is gone. */
  assess(eventId: string, assessment: Assessment): void {
    this.#recorders.assess(eventId, assessment);
  }

  /** The graphs that some camera needs. */
  get graphs(): VadGraph[] {
    return [...new Set(this.members.flatMap(({ camera }) => graphsOf[camera.settings.vad.model]))];
  }

  /** New channels to a GPU worker that was started again. */
  connectGpu(): void {
    for (const { camera } of this.members) camera.connectGpu();
  }

  /** Readings of cameras that are gone or stopping count for nothing. */
  read(readings: readonly VadReading[]): void {
    for (const reading of readings) {
      const member = this.#members.get(reading.camera);
      if (member === undefined || member.isStopping) continue;
      this.#options.onObserved(takeReading(member, reading, this.#options.clock.wallTime()));
    }
  }

  /** Passes on what the supervisor did about a camera's thread. */
  supervised(event: SupervisorEvent): void {
    const [kind, id] = event.id.split(':');
    if (kind === 'camera' && id !== undefined) this.#members.get(id)?.camera.supervised(event);
  }

  #newCamera(settings: CameraSettings): Camera {
    const { clock, random, once, decode, attachGpu, onLive } = this.#options;
    const { id } = settings;
    const camera = new Camera({
      settings,
      once,
      entry: workerEntry('camera'),
      decode,
      clock,
      random,
      attachGpu: (_id, port) => {
        attachGpu(id, camera.settings.vad.model, port);
      },
      onLive: (_camera, frame) => {
        onLive(this.require(id), frame);
      },
      onHealth: (_camera, message) => {
        const member = this.require(id);
        if (!member.isStopping) takeHealth(member, message);
      },
      onConnection: (_camera, previous) => {
        this.#connectionChanged(this.require(id), previous);
      },
    });
    return camera;
  }

  #newDetector({ vad, zones, masks }: CameraSettings): Detector {
    return new Detector(vad, activeCells(zones, masks), this.#options.random);
  }

  async #stop(member: FleetMember): Promise<void> {
    const { supervisor, detachGpu } = this.#options;
    member.isStopping = true;
    await supervisor.remove(`camera:${member.camera.id}`);
    detachGpu(member.camera.id);
  }

  #connectionChanged(member: FleetMember, previous: Connection): void {
    const { camera } = member;
    if (isConnected(previous) && !isConnected(camera.connection)) this.#endEpisodes(member);
    this.#options.onConnection(camera, previous);
    const isOver = this.members.every(
      ({ camera, isStopping }) => camera.connection.state === 'stopped' && !isStopping,
    );
    if (isOver) this.#options.onAllEnded();
  }

  #endEpisodes(member: FleetMember): void {
    this.#options.onObserved(endEpisodes(member, this.#options.clock.wallTime()));
  }
}
