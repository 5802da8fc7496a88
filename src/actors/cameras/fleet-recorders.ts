import type { CameraSettings } from '../../camera/camera-config.js';
import type { Assessment } from '../../decision/assessment.js';
import { Recorder, type RecorderOptions } from '../events/recorder.js';
import { threadRestartPolicy } from '../kernel/restart-policy.js';
import type { Supervisor } from '../kernel/supervisor.js';

const STOP_MS = 8_000;

/** What a recorder asks of its camera at each event: both may change while it runs. */
export interface RecordedCamera {
  readonly settings: Pick<CameraSettings, 'id' | 'name' | 'zones'>;
  readonly threshold: number;
}

interface Recording {
  childId: string;
  /** Events whose last state is not durable yet. */
  open: Set<string>;
  /** Its camera is gone: it ends with its last event. */
  isRetired: boolean;
}

/**
 * The cameras' recorders. One outlives its camera until the last state of each of its events is stored, so that nobody
 * misses an alert because a camera was removed meanwhile.
 */
export class FleetRecorders {
  readonly #supervisor: Pick<Supervisor, 'add' | 'remove'>;
  readonly #recordings = new Map<Recorder, Recording>();
  /** By event; as many as are open. */
  readonly #recorders = new Map<string, Recorder>();
  #dropped = 0;

  constructor(supervisor: Pick<Supervisor, 'add' | 'remove'>) {
    this.#supervisor = supervisor;
  }

  /** Messages about events that were lost, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `key` names it among all that ever were. */
  async add(
    key: string,
    camera: RecordedCamera,
    options: Omit<RecorderOptions, 'camera' | 'threshold' | 'onDropped'>,
  ): Promise<Recorder> {
    const recording: Recording = { childId: `recorder:${key}`, open: new Set(), isRetired: false };
    const recorder: Recorder = new Recorder({
      ...options,
      get camera() {
        return camera.settings;
      },
      get threshold() {
        return camera.threshold;
      },
      beginClip: (eventId, startUs) => {
        recording.open.add(eventId);
        this.#recorders.set(eventId, recorder);
        return options.beginClip(eventId, startUs);
      },
      onDurable: (event, recorded) => {
        options.onDurable(event, recorded);
        if (recorded.final) this.#closed(event.id);
      },
      onDropped: () => {
        this.#dropped += 1;
      },
    });
    this.#recordings.set(recorder, recording);
    await this.#supervisor.add({
      id: recording.childId,
      stage: 'recorders',
      start: () => recorder.start(),
      policy: threadRestartPolicy,
      onGiveUp: 'escalate',
      shutdownMs: STOP_MS,
    });
    return recorder;
  }

  /** Passes on what was made of an anomaly. */
  assess(eventId: string, assessment: Assessment): void {
    this.#recorders.get(eventId)?.assess(eventId, assessment);
  }

  /** Its camera is gone. */
  retire(recorder: Recorder): void {
    const recording = this.#recordings.get(recorder);
    if (recording !== undefined) recording.isRetired = true;
    this.#endIfDone(recorder);
  }

  #closed(eventId: string): void {
    const recorder = this.#recorders.get(eventId);
    if (recorder === undefined) return;
    this.#recorders.delete(eventId);
    this.#recordings.get(recorder)?.open.delete(eventId);
    this.#endIfDone(recorder);
  }

  #endIfDone(recorder: Recorder): void {
    const recording = this.#recordings.get(recorder);
    if (recording?.isRetired !== true || recording.open.size > 0) return;
    this.#recordings.delete(recorder);
    // Nothing waits in it any more.
    void this.#supervisor.remove(recording.childId).catch(() => undefined);
  }
}
