import { VAD_FRAME } from '../../frame.js';
import type { HealthMessage } from '../../protocol/camera.js';
import type { PictureMonitor } from '../../picture/monitor.js';
import type { DecodedFrame } from '../decode/decoder.js';
import type { GpuLink } from './gpu-link.js';

/**
 * Sends sampled frames of one session to the GPU worker, which holds at most this camera's credits of them, and says
 * of each whether the picture as a whole was disturbed.
 */
export class VadOutput {
  readonly #gpu: Pick<GpuLink, 'take' | 'giveBack' | 'send'>;
  readonly #monitor: Pick<PictureMonitor, 'observe'>;
  readonly #onHealth: (message: HealthMessage) => void;
  #health: HealthMessage['health'] = 'good';
  #sent = 0;
  #dropped = 0;

  constructor(
    gpu: Pick<GpuLink, 'take' | 'giveBack' | 'send'>,
    monitor: Pick<PictureMonitor, 'observe'>,
    onHealth: (message: HealthMessage) => void,
  ) {
    this.#gpu = gpu;
    this.#monitor = monitor;
    this.#onHealth = onHealth;
  }

  /** Scales and sends the frame, or drops it before that work when the GPU worker holds every buffer. */
  offer(frame: DecodedFrame, wallTime: number): void {
    const pixels = this.#gpu.take();
    if (pixels === undefined) {
      this.#dropped += 1;
      return;
    }
    try {
      frame.toGray(pixels, VAD_FRAME.width, VAD_FRAME.height);
    } catch (error) {
      this.#gpu.giveBack(pixels);
      throw error;
    }
    const { ptsUs } = frame;
    const disturbed = this.#watch(new Uint8Array(pixels), ptsUs, wallTime);
    this.#gpu.send({ type: 'frame', pixels, ptsUs, wallTime, aspect: frame.height / frame.width, disturbed });
    this.#sent += 1;
  }

  get sent(): number {
    return this.#sent;
  }

  get dropped(): number {
    return this.#dropped;
  }

  #watch(pixels: Uint8Array, ptsUs: number, wallTime: number): boolean {
    const { disturbance, health, viewChanged } = this.#monitor.observe(pixels, ptsUs);
    if (health !== this.#health || viewChanged)
      this.#onHealth({ type: 'health', health, viewChanged, ptsUs, wallTime });
    this.#health = health;
    return disturbance !== null;
  }
}
