import { Mailbox } from '../../actors/kernel/mailbox.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { VadFrameMessage } from '../../protocol/camera-gpu.js';
import type { ReadRun, VadReading } from '../../protocol/gpu.js';
import { graphsOf, type VadGraph, type VadModelName } from '../../vad-model.js';
import { CameraWindow } from './camera-window.js';
import { gpuPriority, type GpuQueue } from '../gpu-queue.js';
import { graphInput, type GraphInput, type VadGraphs } from './vad-graphs.js';

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

interface ReadableFrame extends WaitingFrame {
  input: GraphInput;
}

interface AttachedCamera {
  graphs: readonly VadGraph[];
  window: CameraWindow;
}

export interface VadServiceOptions {
  graphs: Pick<VadGraphs, 'has' | 'read'>;
  queue: GpuQueue;
  clock: Clock;
  /** Gives a frame's buffer back to its camera. */
  giveBack: (camera: string, pixels: ArrayBuffer) => void;
  onReadings: (run: ReadRun) => void;
  onFailure: (error: AppError) => void;
}

/**
 * Reads frames of all cameras with the graphs that their models name. Each camera has one place in line, held by its
 * newest frame; frames of several cameras that wait together go into one run.
 */
export class VadService {
  readonly counts = { runs: 0, frames: 0, readingsDiscarded: 0, failures: 0 };
  readonly #options: VadServiceOptions;
  readonly #cameras = new Map<string, AttachedCamera>();
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

  /** Tells what a camera's frames are read with; what is known of a camera attached before is kept. */
  attach(camera: string, model: VadModelName): void {
    const window = this.#cameras.get(camera)?.window ?? new CameraWindow();
    this.#cameras.set(camera, { graphs: graphsOf[model], window });
  }

  /** Lets go of a camera's window and memory. */
  detach(camera: string): void {
    this.#cameras.delete(camera);
  }

  /** Takes a frame in; its buffer goes back as soon as the frame is copied, replaced by a newer one, or of no use. */
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
        if (run !== null) this.#options.onReadings(run);
      } catch (thrown) {
        this.counts.failures += 1;
        this.#options.onFailure(AppError.from(thrown));
      }
    }
    this.#pumping = false;
  }

  /** Null when there is nothing to read yet. */
  async #runBatch(): Promise<ReadRun | null> {
    const { graphs, clock } = this.#options;
    const batch = this.#takeReadable();
    if (batch.length === 0) return null;
    const startedMs = clock.monotonicMs();
    const { outputs, runMs } = await graphs.read(batch.map(({ input }) => input));
    this.counts.runs += 1;
    this.counts.frames += batch.length;
    const readings = batch.map(({ camera, message, arrivedMs }, i): VadReading => {
      const { ptsUs, wallTime, disturbed } = message;
      const { motion, error } = outputs[i] ?? { motion: null, error: null };
      return { camera, ptsUs, wallTime, disturbed, motion, error, waitedMs: startedMs - arrivedMs };
    });
    const usable = readings.filter(isUsable);
    this.counts.readingsDiscarded += readings.length - usable.length;
    return { readings: usable, runMs };
  }

  /** Moves waiting frames into their windows and returns those that a graph can read, in order of arrival. */
  #takeReadable(): ReadableFrame[] {
    const readable = [];
    while (readable.length < MAX_BATCH) {
      const frame = this.#waiting.tryTake();
      if (frame === undefined) break;
      const input = this.#takeIn(frame);
      this.#options.giveBack(frame.camera, frame.message.pixels);
      if (input !== null) readable.push({ ...frame, input });
    }
    return readable;
  }

  /** Null while the window fills, and for a camera that is gone or whose graphs are not all loaded. */
  #takeIn({ camera, message }: WaitingFrame): GraphInput | null {
    const attached = this.#cameras.get(camera);
    if (attached === undefined || !this.#options.graphs.has(attached.graphs)) return null;
    attached.window.push(message);
    return graphInput(attached.window, attached.graphs);
  }
}

function isUsable({ motion, error }: VadReading): boolean {
  return [motion?.cells, error].every((values) => values?.every(Number.isFinite) ?? true);
}
