/** The GPU worker: holds the only model sessions of the process; every camera's frames arrive here. */
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../clock.js';
import { openPort, type Port } from '../port.js';
import {
  gpuMessageTransfers,
  vadReturnTransfers,
  type AttachMessage,
  type GpuApi,
  type GpuMessage,
  type GpuStats,
  type VadFrameMessage,
  type VadReturnMessage,
} from '../protocol.js';
import { hostData, serveControl } from '../worker-host.js';
import { GpuQueue } from './gpu-queue.js';
import { Mnad } from './mnad.js';
import { VadService } from './vad-service.js';

const host = hostData<{ modelsDir: string; device: 'auto' | 'cpu' | 'cuda' }>();
const queue = new GpuQueue(systemClock, 64);
const cameras = new Map<string, Port<VadReturnMessage>>();
const main = openPort<AttachMessage, GpuMessage>(host.events, gpuMessageTransfers, (message) => {
  attach(message.camera, message.port);
});
let model: Mnad | null = null;
let service: VadService | null = null;
let fallback: string | null = null;
let stopping = false;

function giveBack(camera: string, pixels: ArrayBuffer): void {
  cameras.get(camera)?.send({ type: 'return', pixels });
}

function attach(camera: string, port: MessagePort): void {
  cameras.get(camera)?.close();
  if (stopping) {
    // An open port would keep this thread alive.
    port.close();
    return;
  }
  const opened = openPort<VadFrameMessage, VadReturnMessage>(port, vadReturnTransfers, (message) => {
    if (service === null) giveBack(camera, message.pixels);
    else service.offer(camera, message);
  });
  cameras.set(camera, opened);
}

function stats(): GpuStats {
  const counts = service?.counts ?? { runs: 0, frames: 0, scoresDiscarded: 0, failures: 0 };
  return {
    model: model === null ? null : { name: 'mnad', sha256: model.sha256 },
    provider: model?.provider ?? 'none',
    fallback,
    ...counts,
    framesReplaced: service?.framesReplaced ?? 0,
    queueHighWater: queue.highWater,
  };
}

serveControl<GpuApi>({
  async load() {
    model ??= await Mnad.load(host.modelsDir, host.device, (reason) => (fallback = reason));
    service ??= new VadService({
      model,
      queue,
      clock: systemClock,
      giveBack,
      onScores: (run) => {
        main.send({ type: 'scores', run });
      },
      onFailure: (error) => {
        main.send({ type: 'failed', error: error.toRecord() });
      },
    });
    return stats();
  },
  stats: () => Promise.resolve(stats()),
  async stop() {
    stopping = true;
    for (const port of cameras.values()) port.close();
    cameras.clear();
    service = null;
    // Behind the mutex, so that no run is under way.
    const loaded = model;
    if (loaded !== null) {
      await queue.run({ name: 'release', priority: 0, deadlineMs: 5_000, run: () => loaded.release() });
    }
  },
});
