import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../clock.js';
import type { CameraSettings } from '../config.js';
import { AppError } from '../errors.js';
import { workerEntry } from '../paths.js';
import type { RawScore } from '../protocol.js';
import { Detector } from '../scoring/detector.js';
import { Camera, type LiveFrame } from './camera.js';
import type { Connection } from './camera-state.js';
import { Recorder, type RecorderOptions } from './recorder.js';
import { threadRestartPolicy } from './restart-policy.js';
import type { Supervisor, SupervisorEvent } from './supervisor.js';

/** Everything main keeps of one camera. */
export interface FleetMember {
  /** Stable, counts from 0; names the camera in live frames. */
  index: number;
  camera: Camera;
  detector: Detector;
  recorder: Recorder;
}

export interface FleetOptions {
  supervisor: Supervisor;
  clock: Clock;
  random: () => number;
  once: boolean;
  attachGpu: (camera: string, port: MessagePort) => void;
  recording: (camera: Camera) => Omit<RecorderOptions, 'camera' | 'threshold'>;
  onLive: (member: FleetMember, frame: LiveFrame) => void;
  onConnection: (camera: Camera, previous: Connection) => void;
  /** Every camera has ended by itself; only files played once do. */
  onAllEnded: () => void;
}

const STOP_MS = 8_000;

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
    const detector = new Detector(settings.vad);
    const camera = new Camera({
      settings,
      once,
      entry: workerEntry('camera'),
      clock,
      random,
      attachGpu,
      onLive: (_camera, frame) => {
        this.#options.onLive(member, frame);
      },
      onConnection: (_camera, previous) => {
        this.#connectionChanged(member, previous);
      },
    });
    const recorder = new Recorder({
      camera: { id: settings.id, name: settings.name },
      threshold: detector.options.threshold,
      ...recording(camera),
    });
    const member: FleetMember = { index: this.#members.size, camera, detector, recorder };
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

  /** New channels to a GPU worker that was started again. */
  connectGpu(): void {
    for (const { camera } of this.members) camera.connectGpu();
  }

  scored(scores: readonly RawScore[]): void {
    for (const score of scores) {
      const member = this.#members.get(score.camera);
      if (member === undefined) continue;
      const change = member.detector.observe(score);
      if (change !== null) member.recorder.change(change);
    }
  }

  /** Passes on what the supervisor did about a camera's thread. */
  supervised(event: SupervisorEvent): void {
    const [kind, id] = event.id.split(':');
    if (kind === 'camera' && id !== undefined) this.#members.get(id)?.camera.supervised(event);
  }

  #connectionChanged(member: FleetMember, previous: Connection): void {
    const { state } = member.camera.connection;
    if (previous.state === 'streaming' || previous.state === 'stalled') {
      const change = state === 'streaming' || state === 'stalled' ? null : member.detector.interrupt();
      if (change !== null) member.recorder.change(change);
    }
    this.#options.onConnection(member.camera, previous);
    if (this.members.every(({ camera }) => camera.connection.state === 'stopped')) this.#options.onAllEnded();
  }
}
