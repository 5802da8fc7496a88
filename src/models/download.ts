import { mkdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { wait, type Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { Random } from '../random.js';
import { redactUrl } from '../redact.js';
import { BYTES_PER_MIB } from '../units.js';
import type { RemoteFile } from './catalogue.js';
import { chunksOf, reasonOf, requestFile, TransientError, type FileReply } from './download-reply.js';
import { PartFile, sha256Of } from './part-file.js';
import { Stall } from './stall.js';

export interface DownloadHost {
  clock: Clock;
  random: Random;
  /** Aborted when the user has had enough: what is there stays for the next time. */
  signal: AbortSignal;
  /** Bytes that may still be written to the folder. */
  freeBytes: (folder: string) => Promise<number>;
}

export interface DownloadProgress {
  receivedBytes: number;
  /** Null while the server has not said it. */
  totalBytes: number | null;
}

/** No server is waited for longer without a byte. */
const STALL_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;
/** Attempts in a row that bring less than `PROGRESS_BYTES`; with more they start to count anew. */
const MAX_ATTEMPTS = 6;
const PROGRESS_BYTES = BYTES_PER_MIB;
/** For a file whose size nobody knows before. */
const MAX_BYTES = 64 * 1_024 * BYTES_PER_MIB;
/** Room that is left for events and snapshots. */
const RESERVE_BYTES = 256 * BYTES_PER_MIB;

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Downloads a file to `target`, unless it is there already. It goes on where an earlier attempt stopped, also one of
 * an earlier process, tries again when the network fails, and lets only the file with the right sha256 take its place.
 * Throws `model.download_failed`; what came until then is kept for the next time, unless it is the wrong file.
 */
export async function downloadFile(
  remote: RemoteFile,
  target: string,
  host: DownloadHost,
  onProgress: (progress: DownloadProgress) => void,
): Promise<'downloaded' | 'there already'> {
  try {
    if ((await sha256Of(target)) === remote.sha256) return 'there already';
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const part = await PartFile.open(target);
    await fill(part, { remote, target, host, onProgress });
    return 'downloaded';
  } catch (thrown) {
    throw explained(thrown, target);
  }
}

interface Job {
  remote: RemoteFile;
  target: string;
  host: DownloadHost;
  onProgress: (progress: DownloadProgress) => void;
}

async function fill(part: PartFile, job: Job): Promise<void> {
  try {
    await receiveAll(part, job);
  } catch (thrown) {
    await (thrown instanceof WrongFile ? part.discard() : part.close());
    throw thrown instanceof WrongFile ? failed(thrown.message) : thrown;
  }
  await part.commit();
}

/** What comes is not the file that was asked for: nothing of it is worth keeping. */
class WrongFile extends Error {}

/** Resolves when the part is the whole file. */
async function receiveAll(part: PartFile, job: Job): Promise<void> {
  const { remote, host } = job;
  let attempts = 0;
  for (;;) {
    const before = part.bytes;
    try {
      if (part.bytes !== remote.sizeBytes) await receive(part, job);
      checkWhole(part, remote);
      return;
    } catch (thrown) {
      refuseWhenStopped(host, part);
      if (!(thrown instanceof TransientError)) throw thrown;
      attempts = part.bytes - before >= PROGRESS_BYTES ? 1 : attempts + 1;
      if (attempts >= MAX_ATTEMPTS) {
        const advice = 'the same command goes on where it stopped';
        throw failed(
          `${redactUrl(remote.url)} cannot be downloaded now: ${thrown.message}; ${advice}`,
          thrown,
        );
      }
      await wait(host.clock, pauseMs(attempts, host.random), host.signal);
      refuseWhenStopped(host, part);
    }
  }
}

/** One request: takes in what comes until it ends. Throws `TransientError` when that is too early. */
async function receive(part: PartFile, job: Job): Promise<void> {
  const stall = new Stall(job.host.clock, STALL_MS);
  const signal = AbortSignal.any([job.host.signal, stall.signal]);
  try {
    const reply = await requestFile(job.remote.url, { from: part.bytes, etag: part.etag, signal });
    if (reply.type === 'complete') return;
    if (reply.type === 'mismatch') {
      await part.restart(null);
      throw new TransientError('the file there is another one now');
    }
    if (reply.type === 'whole') await part.restart(reply.etag);
    await takeIn(part, reply, job, stall);
  } catch (thrown) {
    throw stall.signal.aborted ? new TransientError(`nothing came for ${STALL_MS / 1_000} s`) : thrown;
  } finally {
    stall.end();
  }
}

async function takeIn(
  part: PartFile,
  { body, totalBytes }: Extract<FileReply, { body: unknown }>,
  { remote, target, host, onProgress }: Job,
  stall: Stall,
): Promise<void> {
  if (remote.sizeBytes !== null && totalBytes !== null && totalBytes !== remote.sizeBytes)
    throw new WrongFile(
      `${redactUrl(remote.url)} has ${totalBytes} bytes, not ${remote.sizeBytes}: another file`,
    );
  const expectedBytes = remote.sizeBytes ?? totalBytes;
  await checkRoom(path.dirname(target), (expectedBytes ?? 0) - part.bytes, host);
  onProgress({ receivedBytes: part.bytes, totalBytes: expectedBytes });
  for await (const chunk of chunksOf(body)) {
    stall.restart();
    if (part.bytes + chunk.byteLength > (expectedBytes ?? MAX_BYTES))
      throw new WrongFile(`${redactUrl(remote.url)} is longer than it should be`);
    await part.append(chunk);
    onProgress({ receivedBytes: part.bytes, totalBytes: expectedBytes });
  }
  if (expectedBytes !== null && part.bytes < expectedBytes)
    throw new TransientError(`the connection ended after ${part.bytes} of ${expectedBytes} bytes`);
}

function checkWhole(part: PartFile, { url, sha256 }: RemoteFile): void {
  const found = part.sha256();
  if (found === sha256) return;
  throw new WrongFile(
    `${redactUrl(url)} is not the file it should be: its sha256 is ${found}, not ${sha256}; what came is removed`,
  );
}

async function checkRoom(folder: string, neededBytes: number, host: DownloadHost): Promise<void> {
  const free = await host.freeBytes(folder);
  if (free >= neededBytes + RESERVE_BYTES) return;
  const message = `${folder} has room for ${megabytes(free)}, and ${megabytes(neededBytes + RESERVE_BYTES)} are needed`;
  throw failed(`${message}; make room, or choose another place with --data-dir`);
}

/** Doubled each time, and shortened by up to half so that many clients do not come at once. */
function pauseMs(attempts: number, random: Random): number {
  return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1)) * (1 - random() / 2);
}

function refuseWhenStopped({ signal }: DownloadHost, part: PartFile): void {
  if (signal.aborted)
    throw failed(`stopped after ${megabytes(part.bytes)}; the same command goes on from there`);
}

/** The file system's own errors, in words. */
function explained(thrown: unknown, target: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (thrown instanceof AppError || typeof code !== 'string') return thrown;
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : reasonOf(thrown);
  const advice = 'what came is kept, and the same command goes on from there';
  return failed(`cannot write ${target}: ${why}; ${advice}`, thrown);
}

function failed(message: string, cause?: unknown): AppError {
  return new AppError('model.download_failed', message, {}, cause);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
