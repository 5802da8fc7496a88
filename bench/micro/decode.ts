/** Decoding a camera's stream and scaling the frames that are scored, against ffmpeg in a process of its own. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { AV_PIX_FMT_GRAY8 } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import { ownCpuMs } from '../../src/cpu-time.js';
import { VAD_FRAME } from '../../src/frame.js';
import { AvDecoder } from '../../src/workers/decode/av-decoder.js';
import { AvScaler } from '../../src/workers/decode/av-scaler.js';
import { FrameSampler } from '../../src/workers/stream/frame-sampler.js';
import { mainStream } from '../ceiling/profile.js';
import { sourceClips } from '../ceiling/source.js';
import { childrenCpuMs } from './child-times.js';
import { interleaved, type Benchmark } from './measure.js';
import { wanted } from './targets.js';

const VAD_FPS = 5;
/** How often a turn of full size plays the clip of ten seconds. */
const PLAYS = 3;
const small = `scale=${VAD_FRAME.width}:${VAD_FRAME.height}:flags=area,format=gray`;

export const decode: Benchmark = {
  name: 'decode',
  async missing() {
    const found = await promisify(execFile)('ffmpeg', ['-version']).catch(() => null);
    return found === null ? 'there is no ffmpeg on this machine' : null;
  },
  async measure({ rounds, size }) {
    const profile = mainStream;
    const { folder, files } = await sourceClips({ profile, codec: 'h264', alarms: null });
    const clip = path.join(folder, files[0] ?? '');
    const plays = Math.max(1, Math.round(PLAYS * size));
    const reader = new FullPictures(profile.width, profile.height);
    const per = (cpuMs: number) => cpuMs / (plays * CLIP_FRAMES);
    const figures = await interleaved(rounds, {
      ours: () => Promise.resolve(per(decodedInProcess(clip, plays))),
      pipe: async () => per(await byFfmpeg(clip, plays, ['fps=5,format=yuv420p', 'rawvideo'], reader)),
      smallPipe: async () => per(await byFfmpeg(clip, plays, [`fps=5,${small}`, 'rawvideo'])),
      nothing: async () => per(await byFfmpeg(clip, plays, [`fps=5,${small}`, 'null'])),
    });
    reader.free();
    const common = { unit: 'CPU ms a frame', better: 'lower', ours: figures.ours } as const;
    return [
      {
        ...common,
        ...wanted.decodeByChild,
        baseline: figures.pipe,
      },
      {
        ...common,
        name: 'decode+scale against an ffmpeg child that scales, too',
        baseline: figures.smallPipe,
        target: null,
      },
      { ...common, ...wanted.decodeByFfmpeg, baseline: figures.nothing },
    ];
  },
};

/** Of a clip of {@link sourceClips} at 25 FPS. */
const CLIP_FRAMES = 250;

/** As the camera's thread does; opening does not count: a camera is opened once. */
function decodedInProcess(clip: string, plays: number): number {
  let cpuMs = 0;
  for (let play = 0; play < plays; play += 1) {
    const decoder = new AvDecoder();
    decoder.open({ url: clip, loop: false, transport: 'tcp' });
    const sampler = new FrameSampler(VAD_FPS);
    const pixels = new ArrayBuffer(VAD_FRAME.bytes);
    let frames = 0;
    const startedMs = ownCpuMs();
    for (let step = decoder.next(); step.type !== 'end'; step = decoder.next()) {
      if (step.type === 'packet') step.packet.free();
      if (step.type !== 'frame') continue;
      frames += 1;
      if (sampler.take(step.frame.ptsUs)) step.frame.toGray(pixels, VAD_FRAME.width, VAD_FRAME.height);
    }
    cpuMs += ownCpuMs() - startedMs;
    decoder.close();
    if (frames !== CLIP_FRAMES) throw new Error(`${frames} frames were decoded, not ${CLIP_FRAMES}`);
  }
  return cpuMs;
}

/** CPU time of an ffmpeg and of reading its pipe here; what it takes to start and stop does not count. */
async function byFfmpeg(
  clip: string,
  plays: number,
  output: [filter: string, format: string],
  reader?: FullPictures,
): Promise<number> {
  const started = await ffmpeg(clip, ['-frames:v', '1'], output);
  const playing = await ffmpeg(clip, ['-stream_loop', String(plays - 1)], output, reader);
  return playing - started;
}

async function ffmpeg(
  clip: string,
  extent: [option: string, value: string],
  [filter, format]: [filter: string, format: string],
  reader?: FullPictures,
): Promise<number> {
  const isInput = extent[0] === '-stream_loop';
  const one = ['-threads', '1', '-filter_threads', '1'];
  const input = [...(isInput ? extent : []), ...one, '-i', clip];
  const target = ['-an', '-vf', filter, ...(isInput ? [] : extent), '-f', format, 'pipe:1'];
  const args = ['-v', 'error', '-nostdin', ...input, ...target];
  // The shell tells what its child took; its own time is not in that.
  const shell = spawn('bash', ['-c', 'ffmpeg "$@" && times >&3', 'bash', ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const ownMs = ownCpuMs();
  shell.stdout?.on('data', (chunk: Buffer) => {
    reader?.accept(chunk);
  });
  const [times] = await Promise.all([text(shell.stdio[3] as Readable), once(shell, 'close')]);
  return childrenCpuMs(times) + (reader === undefined ? 0 : ownCpuMs() - ownMs);
}

/** Puts pictures together from a pipe and scales the gray plane of each, as whoever scores them must. */
class FullPictures {
  readonly #picture: Buffer;
  readonly #gray = new Frame();
  readonly #scaler = new AvScaler();
  readonly #pixels = new ArrayBuffer(VAD_FRAME.bytes);
  #filled = 0;

  constructor(width: number, height: number) {
    this.#picture = Buffer.alloc((width * height * 3) / 2);
    this.#gray.alloc();
    this.#gray.width = width;
    this.#gray.height = height;
    this.#gray.format = AV_PIX_FMT_GRAY8;
    this.#gray.getBuffer();
  }

  accept(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(this.#picture, this.#filled, from);
      from += copied;
      this.#filled += copied;
      if (this.#filled === this.#picture.length) this.#scale();
    }
  }

  free(): void {
    this.#scaler.free();
    this.#gray.free();
  }

  #scale(): void {
    this.#filled = 0;
    this.#scaler.intoPlane(
      this.#gray,
      { width: VAD_FRAME.width, height: VAD_FRAME.height, format: AV_PIX_FMT_GRAY8 },
      this.#pixels,
    );
  }
}
