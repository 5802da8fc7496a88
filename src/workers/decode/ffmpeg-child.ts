import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { DecodeSettings } from '../../camera/decode-config.js';
import { AppError } from '../../errors.js';
import type { StreamSource } from '../../protocol/camera.js';
import { decodeArguments, inputScript, pipes } from './ffmpeg-arguments.js';
import { LogErrors, LogLines, readLogLine, type LogLine } from './ffmpeg-log.js';
import { FrameAssembler, type AssembledFrame } from './frame-assembler.js';
import { TsSplitter, type TsPacket } from './mpeg-ts.js';
import type { BytesPool } from './yuv-frame.js';

/** Packets that may wait to be taken. */
const MAX_PACKETS = 64;

export interface FfmpegChildOptions {
  source: StreamSource;
  settings: DecodeSettings;
  pool: BytesPool;
  /** Stream time in microseconds of a picture, from its own, null when it tells none. */
  place: (ownUs: number | null) => number;
  /** Something can be taken, or the child has ended. */
  onChange: () => void;
}

export type StreamLine = Extract<LogLine, { type: 'stream' }>;

/**
 * A running ffmpeg that decodes one stream. It is held up by its pipes while nothing is taken of what it wrote, and
 * ends by itself when they close, as they do when this process dies.
 */
export class FfmpegChild {
  readonly errors: LogErrors;
  /** Resolves when the process has ended and its pipes are empty; it is no zombie then. */
  readonly ended: Promise<void>;
  readonly #options: FfmpegChildOptions;
  readonly #process: ChildProcess;
  readonly #frames: FrameAssembler;
  readonly #splitter: TsSplitter;
  #packets: TsPacket[] = [];
  #stream: StreamLine | null = null;
  #secondsPerTick = 1;
  #heads = 0;
  #corrupt = false;
  #exit: string | null = null;
  #failure: AppError | null = null;

  /** Throws `camera.open_failed` for a URL that cannot be handed on. */
  constructor(options: FfmpegChildOptions) {
    this.#options = options;
    const { source, settings, pool } = options;
    this.errors = new LogErrors(source.url);
    this.#frames = new FrameAssembler(pool);
    this.#splitter = new TsSplitter((packet) => this.#packets.push(packet));
    const script = inputScript(source);
    this.#process = spawn(settings.ffmpeg, decodeArguments(source, settings.hardware), {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.ended = this.#watchEnd();
    this.#read();
    const input = this.#process.stdio[pipes.script] as Writable;
    // It may end before it has read, and says why itself.
    input.on('error', () => undefined);
    input.end(script ?? '');
  }

  /** What it said of the stream; null before. */
  get stream(): StreamLine | null {
    return this.#stream;
  }

  /** Whether a picture is there, or on its way. */
  get hasShown(): boolean {
    return this.#heads > 0;
  }

  /** How it ended: `0`, another status, or a signal's name; null while it runs or something is left to take. */
  get exit(): string | null {
    return this.#exit;
  }

  /** What went wrong on this side of the pipes, or with starting it. */
  get failure(): AppError | null {
    return this.#failure;
  }

  takePacket(): TsPacket | undefined {
    const packet = this.#packets.shift();
    if (this.#packets.length < MAX_PACKETS) this.#packetPipe.resume();
    return packet;
  }

  takeFrame(): AssembledFrame | undefined {
    const frame = this.#frames.take();
    if (!this.#frames.isFull) this.#framePipe.resume();
    return frame;
  }

  /** Whether something was unreadable since this was asked last. */
  takeCorrupt(): boolean {
    const corrupt = this.#corrupt;
    this.#corrupt = false;
    return corrupt;
  }

  /** The tables in front of the packets. */
  get tables(): Buffer {
    return this.#splitter.tables;
  }

  /** Ends it at once, whatever it does; `ended` follows. */
  kill(): void {
    this.#process.kill('SIGKILL');
    this.#framePipe.destroy();
    this.#packetPipe.destroy();
  }

  get #framePipe(): Readable {
    return this.#process.stdio[pipes.frames] as Readable;
  }

  get #packetPipe(): Readable {
    return this.#process.stdio[pipes.packets] as Readable;
  }

  #read(): void {
    const lines = new LogLines((line) => {
      this.#heard(readLogLine(line));
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lines.push(text);
    });
    this.#framePipe.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      if (this.#frames.isFull) this.#framePipe.pause();
      this.#options.onChange();
    });
    this.#packetPipe.on('data', (chunk: Buffer) => {
      this.#splitter.push(chunk);
      if (this.#packets.length >= MAX_PACKETS) this.#packetPipe.pause();
      this.#options.onChange();
    });
    this.#packetPipe.on('end', () => {
      this.#splitter.end();
    });
    for (const pipe of [this.#framePipe, this.#packetPipe]) pipe.on('error', () => undefined);
  }

  #heard(line: LogLine | null): void {
    if (line === null) return;
    switch (line.type) {
      case 'stream':
        this.#stream ??= line;
        break;
      case 'timeBase':
        this.#secondsPerTick = line.seconds;
        return;
      case 'frame':
        this.#expect(line);
        break;
      case 'error':
        this.errors.add(line.text);
        this.#corrupt ||= this.hasShown;
        return;
    }
    this.#options.onChange();
  }

  #expect({ ticks, width, height }: Extract<LogLine, { type: 'frame' }>): void {
    const ownUs = ticks === null ? null : ticks * this.#secondsPerTick * 1e6;
    this.#heads += 1;
    try {
      this.#frames.head({ ptsUs: this.#options.place(ownUs), width, height });
    } catch (error) {
      this.#failure = AppError.from(error);
      this.kill();
    }
    if (!this.#frames.isFull) this.#framePipe.resume();
  }

  #watchEnd(): Promise<void> {
    const { ffmpeg } = this.#options.settings;
    return new Promise((resolve) => {
      this.#process.once('error', (error: NodeJS.ErrnoException) => {
        const message =
          `decode.backend is ffmpeg, but ${ffmpeg} cannot be started (${error.code ?? error.message}); ` +
          'install ffmpeg, name its place in decode.ffmpeg, or set decode.backend to av';
        this.#failure ??= new AppError('camera.decoder_missing', message, { ffmpeg });
      });
      this.#process.once('close', (status, signal) => {
        this.#exit = signal ?? String(status);
        this.#options.onChange();
        resolve();
      });
    });
  }
}
