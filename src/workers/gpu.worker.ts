/** The GPU worker: holds the only model sessions of the process; every camera's frames arrive here. */
import { systemClock } from '../clock.js';
import { openPort } from '../port.js';
import {
  gpuMessageTransfers,
  type GpuApi,
  type GpuMessage,
  type GpuStats,
  type MainToGpuMessage,
} from '../protocol/gpu.js';
import type { VlmRequest } from '../protocol/vlm.js';
import type { VadGraph } from '../vad-model.js';
import { hostData, serveControl } from '../worker-host.js';
import { CameraPorts } from './camera-ports.js';
import { GpuQueue, gpuPriority } from './gpu-queue.js';
import type { GraphSource } from './vad/graph-session.js';
import { openLlamaVlm } from './language/llama-vlm.js';
import { openOpenAiVlm } from './language/openai-vlm.js';
import { VadGraphs } from './vad/vad-graphs.js';
import { VadService } from './vad/vad-service.js';
import { VlmService } from './language/vlm-service.js';

/** An accelerator's first session may take this long to compile its kernels. */
const LOAD_DEADLINE_MS = 60_000;

const host = hostData<
  Pick<GraphSource, 'modelsDir' | 'device'> & {
    /** CPU threads of a VLM in this process. */
    vlmThreads: number;
  }
>();
const queue = new GpuQueue(systemClock, 64);
let fallback: string | null = null;
const onFallback = (reason: string): void => {
  fallback = reason;
};
const graphs = new VadGraphs({ modelsDir: host.modelsDir, device: host.device, onFallback }, systemClock);
const ports = new CameraPorts((camera, frame) => {
  service.offer(camera, frame);
});
const service = new VadService({
  graphs,
  queue,
  clock: systemClock,
  giveBack(camera, pixels) {
    ports.giveBack(camera, pixels);
  },
  onReadings(run) {
    main.send({ type: 'read', run });
  },
  onFailure(error) {
    main.send({ type: 'failed', error: error.toRecord() });
  },
});
const vlm = new VlmService({
  open: (source, signal) =>
    source.type === 'endpoint'
      ? Promise.resolve(openOpenAiVlm(source))
      : openLlamaVlm(source, { device: host.device, threads: host.vlmThreads }, signal),
  clock: systemClock,
  onHang(error) {
    main.send({ type: 'failed', error: error.toRecord() });
  },
});
const main = openPort<MainToGpuMessage, GpuMessage>(host.events, gpuMessageTransfers, (message) => {
  switch (message.type) {
    case 'ask':
      void answer(message.request);
      return;
    case 'attach':
      service.attach(message.camera, message.model);
      ports.attach(message.camera, message.port);
      return;
    case 'detach':
      ports.detach(message.camera);
      service.detach(message.camera);
      return;
    default:
      message satisfies never;
  }
});

async function answer(request: VlmRequest): Promise<void> {
  main.send({ type: 'answered', id: request.id, outcome: await vlm.ask(request) });
}

/** Behind the mutex, so that no run is under way. */
async function useGraphs(names: readonly VadGraph[]): Promise<void> {
  const job = { name: 'load', priority: gpuPriority.vad, deadlineMs: LOAD_DEADLINE_MS };
  await queue.run({ ...job, run: () => graphs.use(names) });
}

function stats(): GpuStats {
  return {
    models: graphs.models,
    provider: graphs.provider,
    fallback,
    ...service.counts,
    framesReplaced: service.framesReplaced,
    queueHighWater: queue.highWater,
    vlm: vlm.stats,
  };
}

serveControl<GpuApi>({
  async useGraphs(names) {
    await useGraphs(names);
    return stats();
  },
  loadVlm: (source) => vlm.load(source),
  unloadVlm: () => vlm.unload(),
  stats: () => Promise.resolve(stats()),
  async stop() {
    ports.close();
    await vlm.stop();
    await useGraphs([]);
  },
});
