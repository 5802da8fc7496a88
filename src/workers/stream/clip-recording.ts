import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors.js';
import type { ClipRequest, RecordedClip } from '../../protocol/camera.js';
import { US_PER_S } from '../../units.js';
import type { ClipWriter, EncodedPacket } from '../decode/decoder.js';

/** Clips of one camera at once: a fault of the picture beside an anomaly, and one of each still getting its end. */
export const MAX_RECORDINGS = 4;

interface Recording {
  request: ClipRequest;
  writer: ClipWriter;
  /** Stream time in microseconds. */
  startUs: number;
  firstUs: number;
  newestUs: number;
  /** The last packet is not later than this. */
  untilUs: number;
  done: (clip: RecordedClip | AppError) => void;
}

export interface ClipRecordingsOptions {
  /** Begins a file, see `Decoder.writeClip`. */
  write: (file: string) => ClipWriter;
  /** FFmpeg's name. */
  codec: string;
}

/** The clips that are being made of one stream's packets. */
export class ClipRecordings {
  readonly #options: ClipRecordingsOptions;
  readonly #recordings = new Map<string, Recording>();
  /** Files that are being synced and named. */
  readonly #settling = new Set<Promise<void>>();

  constructor(options: ClipRecordingsOptions) {
    this.#options = options;
  }

  /**
   * Begins a clip with what is `held` of the stream, oldest first and from a keyframe on; see `CameraApi.recordClip`.
   * Packets stay their owner's.
   */
  async begin(request: ClipRequest, held: readonly EncodedPacket[]): Promise<RecordedClip> {
    if (this.#recordings.size >= MAX_RECORDINGS) {
      const message = `${MAX_RECORDINGS} clips of this camera are being made already; this event gets none`;
      throw new AppError('clip.too_many', message);
    }
    const newestUs = held.at(-1)?.ptsUs;
    if (newestUs === undefined)
      throw new AppError(
        'camera.not_streaming',
        'no keyframe has come from the camera yet; there is nothing to keep',
      );
    const startUs = request.startUs ?? newestUs;
    const from = firstPacket(held, startUs - request.preS * US_PER_S);
    const firstUs = held[from]?.ptsUs ?? newestUs;
    const clip = new Promise<RecordedClip | AppError>((done) => {
      const writer = this.#options.write(partOf(request));
      const recording = { request, writer, startUs, firstUs, newestUs: firstUs, untilUs: Infinity, done };
      this.#recordings.set(request.id, recording);
    });
    for (const packet of held.slice(from)) this.#write(request.id, packet);
    const result = await clip;
    if (result instanceof AppError) throw result;
    return result;
  }

  /** Takes the stream's next packet, which stays its owner's. */
  offer(packet: EncodedPacket): void {
    for (const id of [...this.#recordings.keys()]) this.#write(id, packet);
  }

  /** See `CameraApi.endClip`. */
  end(id: string, lastUs: number | null, postS: number): void {
    const recording = this.#recordings.get(id);
    if (recording === undefined) return;
    recording.untilUs = (lastUs ?? recording.newestUs) + postS * US_PER_S;
    if (recording.newestUs >= recording.untilUs) this.#finish(recording);
  }

  /** Ends every clip with what there is of it; resolves when the files have their names. */
  async close(): Promise<void> {
    for (const recording of [...this.#recordings.values()]) this.#finish(recording);
    await Promise.all(this.#settling);
  }

  #write(id: string, packet: EncodedPacket): void {
    const recording = this.#recordings.get(id);
    if (recording === undefined) return;
    const { untilUs, firstUs, request } = recording;
    if (packet.ptsUs > untilUs || packet.ptsUs - firstUs > request.maxS * US_PER_S) {
      this.#finish(recording);
      return;
    }
    try {
      if (recording.writer.write(packet)) recording.newestUs = packet.ptsUs;
      else this.#goOn(recording, packet);
    } catch (thrown) {
      this.#fail(recording, AppError.from(thrown));
    }
  }

  /** The stream's parameters have changed: what came before the event is worth less than the event. */
  #goOn(recording: Recording, packet: EncodedPacket): void {
    if (packet.ptsUs > recording.startUs) {
      this.#finish(recording);
      return;
    }
    recording.writer.discard();
    recording.writer = this.#options.write(partOf(recording.request));
    recording.firstUs = packet.ptsUs;
    recording.writer.write(packet);
    recording.newestUs = packet.ptsUs;
  }

  #finish(recording: Recording): void {
    const { request, writer, firstUs, newestUs, done } = recording;
    this.#recordings.delete(request.id);
    const clip = { codec: this.#options.codec, seconds: (newestUs - firstUs) / US_PER_S };
    this.#settle(
      finished(writer, request).then(
        () => {
          done(clip);
        },
        (thrown: unknown) => {
          writer.discard();
          return this.#dropFile(request, notWritten(request, thrown), done);
        },
      ),
    );
  }

  #fail(recording: Recording, error: AppError): void {
    const { request, writer, done } = recording;
    this.#recordings.delete(request.id);
    writer.discard();
    this.#settle(this.#dropFile(request, error, done));
  }

  async #dropFile(request: ClipRequest, error: AppError, done: Recording['done']): Promise<void> {
    await rm(partOf(request), { force: true }).catch(() => undefined);
    done(error);
  }

  #settle(task: Promise<void>): void {
    const settled = task.finally(() => this.#settling.delete(settled));
    this.#settling.add(settled);
  }
}

/** Where the GOP begins that holds `fromUs`; the oldest packet when all are later. */
function firstPacket(held: readonly EncodedPacket[], fromUs: number): number {
  return Math.max(
    0,
    held.findLastIndex(({ key, ptsUs }) => key && ptsUs <= fromUs),
  );
}

function partOf({ file }: ClipRequest): string {
  return `${file}.part`;
}

/** Completes the file, and gives it its name. */
async function finished(writer: ClipWriter, { file }: ClipRequest): Promise<void> {
  await writer.finish();
  await giveName(file);
}

/** Syncs the file and its name: a row that says there is a clip may be written after this. */
async function giveName(file: string): Promise<void> {
  await sync(`${file}.part`);
  await rename(`${file}.part`, file);
  await sync(path.dirname(file));
}

async function sync(name: string): Promise<void> {
  const opened = await open(name, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

function notWritten({ file }: ClipRequest, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('clip.write_failed', `the clip ${file} cannot be written: ${reason}`, {}, thrown);
}
