import { Mailbox } from '../actors/mailbox.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { ScoredRun, VadFrameMessage } from '../protocol.js';
import { CameraWindow } from './camera-window.js';
import { gpuPriority, type GpuQueue } from './gpu-queue.js';
import type { Mnad } from './mnad.js';

/** Frames of one run at most: batches bring nothing on a CPU, and a longer run holds a VLM's turn up. */
const MAX_BATCH = 8;
const MAX_CAMERAS = 64;
/** A single run takes milliseconds; this long means that the context hangs. */
const RUN_DEADLINE_MS = 10_000;

interface WaitingFrame {
  camera: string;
  message: VadFrameMessage;
  arrivedMs: number;
}

export interface VadServiceOptions {
  model: Pick<Mnad, 'run' | 'newMemory' | 'window'>;
  queue: GpuQueue;
  clock: Clock;
  /** Gives a frame's buffer back to its camera. */
  giveBack: (camera: string, pixels: ArrayBuffer) => void;
  onScores: (run: ScoredRun) => void;
  onFailure: (error: AppError) => void;
}

/**
 * Scores frames of all cameras with the one model. Each camera has one place in line, held by its newest frame;
 * frames of several cameras that wait together go into one run.
 */
export class VadService {
  readonly counts = { runs: 0, frames: 0, scoresDiscarded: 0, failures: 0 };
  readonly #options: VadServiceOptions;
  readonly #windows = new Map<string, CameraWindow>();
  readonly #waiting: Mailbox<WaitingFrame>;
  #pumping = false;

  constructor(options: VadServiceOptions) {
    this.#options = options;
    this.#waiting = new Mailbox<WaitingFrame>({
      capacity: MAX_CAMERAS,
      overflow: 'latestOnly',
      keyOf: (frame) => frame.camera,
      onDrop: (frame) => {
        options.giveBack(frame.camera, frame.message.pixels);
      },
    });
  }

  get framesReplaced(): number {
    return this.#waiting.counts.dropped;
  }

  /** Takes a frame in; its buffer goes back as soon as the frame is copied or replaced by a newer one. */
  offer(camera: string, message: VadFrameMessage): void {
    this.#waiting.offer({ camera, message, arrivedMs: this.#options.clock.monotonicMs() });
    if (!this.#pumping) void this.#pump();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#waiting.counts.held > 0) {
      try {
        const job = {
          name: 'vad',
          priority: gpuPriority.vad,
          deadlineMs: RUN_DEADLINE_MS,
          run: () => this.#runBatch(),
        };
        const run = await this.#options.queue.run(job);
        if (run !== null) this.#options.onScores(run);
      } catch (thrown) {
        this.counts.failures += 1;
        this.#options.onFailure(AppError.from(thrown));
      }
    }
    this.#pumping = false;
  }

  /** Null when no window is full yet. */
  async #runBatch(): Promise<ScoredRun | null> {
    const { model, clock } = this.#options;
    const batch = this.#takeScorable();
    if (batch.length === 0) return null;
    const startedMs = clock.monotonicMs();
    const peaks = await model.run(
      batch.map(({ window }) => ({ window: window.frames, memory: window.memory })),
    );
    const runMs = clock.monotonicMs() - startedMs;
    this.counts.runs += 1;
    this.counts.frames += batch.length;
    const scores = batch.map(({ frame }, i) => ({
      camera: frame.camera,
      ptsUs: frame.message.ptsUs,
      wallTime: frame.message.wallTime,
      peak: peaks[i] ?? NaN,
      waitedMs: startedMs - frame.arrivedMs,
    }));
    const usable = scores.filter(({ peak }) => Number.isFinite(peak) && peak > 0);
    this.counts.scoresDiscarded += scores.length - usable.length;
    return { scores: usable, runMs };
  }

  /** Moves waiting frames into their windows and returns those whose window is full, in order of arrival. */
  #takeScorable(): { frame: WaitingFrame; window: CameraWindow }[] {
    const { model, giveBack } = this.#options;
    const scorable = [];
    while (scorable.length < MAX_BATCH) {
      const frame = this.#waiting.tryTake();
      if (frame === undefined) break;
      const window = this.#windowOf(frame.camera, model);
      const full = window.push(frame.message.pixels, frame.message.ptsUs);
      giveBack(frame.camera, frame.message.pixels);
      if (full) scorable.push({ frame, window });
    }
    return scorable;
  }

  #windowOf(camera: string, model: VadServiceOptions['model']): CameraWindow {
    const known = this.#windows.get(camera);
    if (known !== undefined) return known;
    const window = new CameraWindow(model.window, model.newMemory());
    this.#windows.set(camera, window);
    return window;
  }
}
