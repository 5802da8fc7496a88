import { spawn, type ChildProcess } from 'node:child_process';
import { AppError } from '../../errors.js';
import { BYTES_PER_MIB } from '../../units.js';
import type { ClipWriter, EncodedPacket } from './decoder.js';
import { parameterSets } from './parameter-sets.js';
import { LogErrors, LogLines, readLogLine } from './ffmpeg-log.js';
import { elementaryBytes } from './mpeg-ts.js';

/** How MP4 names the codecs that browsers know; players of Apple's take H.265 under this name only. */
const tags = new Map([
  ['h264', 'avc1'],
  ['hevc', 'hvc1'],
]);

/** Bytes that a slow disk may hold up; the ring of packets, which comes at once, is within it. */
const MAX_WAITING_BYTES = 16 * BYTES_PER_MIB;

export interface FfmpegClipOptions {
  file: string;
  /** FFmpeg's name. */
  codec: string;
  ffmpeg: string;
  /** What stands in front of the first packet. */
  tables: Buffer;
}

/** An MP4 file by a child that copies packets out of a transport stream; its index is moved to the front at the end. */
export class FfmpegClipWriter implements ClipWriter {
  readonly #options: FfmpegClipOptions;
  readonly #process: ChildProcess;
  readonly #errors = new LogErrors('');
  /** The exit status; null for a child that was killed or could not be started. */
  readonly #exit: Promise<number | null>;
  #sets: Buffer | null = null;
  #begun = false;

  /** Throws `clip.unsupported`. */
  constructor(options: FfmpegClipOptions) {
    const { file, codec, ffmpeg } = options;
    const tag = tags.get(codec);
    if (tag === undefined) {
      const message = `no clips are made of ${codec}, which browsers do not play; set the camera to H.264 or H.265`;
      throw new AppError('clip.unsupported', message, { codec });
    }
    this.#options = options;
    this.#process = spawn(ffmpeg, copyArguments(file, tag), { stdio: ['pipe', 'ignore', 'pipe'] });
    const lines = new LogLines((line) => {
      const read = readLogLine(line);
      if (read?.type === 'error') this.#errors.add(read.text);
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lines.push(text);
    });
    this.#process.stdin?.on('error', () => undefined);
    this.#exit = new Promise((resolve) => {
      this.#process.once('error', (error) => {
        this.#errors.add(error.message);
      });
      this.#process.once('close', resolve);
    });
  }

  write(packet: EncodedPacket): boolean {
    const bytes = packet.data();
    if (packet.key) {
      const sets = parameterSets(elementaryBytes(Buffer.from(bytes)), this.#options.codec);
      if (this.#sets !== null && sets.length > 0 && !sets.equals(this.#sets)) return false;
      if (sets.length > 0) this.#sets = sets;
    }
    const { stdin } = this.#process;
    if (stdin === null || stdin.writableLength > MAX_WAITING_BYTES)
      throw this.#failed('the disk is too slow');
    if (stdin.destroyed) throw this.#failed(this.#errors.text);
    if (!this.#begun) stdin.write(this.#options.tables);
    this.#begun = true;
    stdin.write(bytes);
    return true;
  }

  async finish(): Promise<void> {
    this.#process.stdin?.end();
    if ((await this.#exit) !== 0) throw this.#failed(this.#errors.text);
  }

  discard(): void {
    this.#process.kill('SIGKILL');
  }

  #failed(reason: string): AppError {
    const message = `the clip ${this.#options.file} cannot be written: ${reason}`;
    return new AppError('clip.write_failed', message, { reason });
  }
}

function copyArguments(file: string, tag: string): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'level+error', '-fflags', '+genpts'],
    ...['-protocol_whitelist', 'pipe', '-f', 'mpegts', '-i', 'pipe:0'],
    ...['-map', '0:v:0', '-c', 'copy', '-tag:v', tag],
    ...['-movflags', '+faststart', '-f', 'mp4', '-y', `file:${file}`],
  ];
}
