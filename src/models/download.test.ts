import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelServer, sha256, someBytes, type Served } from '../../test/support/model-server.js';
import { systemClock, type Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { downloadFile, freeBytes, type DownloadHost, type DownloadProgress } from './download.js';

let server: ModelServer;
let folder: string;
beforeEach(async () => {
  receivedBytes = 0;
  server = await ModelServer.start();
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'download-')), 'models', 'some');
});
afterEach(() => server.stop());

const content = someBytes(3_000_000);

/** Pauses take a thousandth of their time, and nothing stalls before 30 real seconds. */
const hastyClock: Clock = {
  ...systemClock,
  after: (delayMs, run) => systemClock.after(delayMs >= 30_000 ? delayMs : delayMs / 1_000, run),
};

interface Options extends Partial<DownloadHost> {
  sizeBytes?: number | null;
  expected?: Buffer;
  onProgress?: (progress: DownloadProgress) => void;
}

/** Bytes of the file that are there, as last told. */
let receivedBytes = 0;

/** Downloads `/model.gguf`; resolves with the outcome, or the error. */
async function download({
  sizeBytes = content.length,
  expected = content,
  onProgress,
  ...host
}: Options = {}) {
  const progress: DownloadProgress[] = [];
  const remote = { url: `${server.url}/model.gguf`, sha256: sha256(expected), sizeBytes };
  const outcome = await downloadFile(
    remote,
    path.join(folder, 'model.gguf'),
    { clock: hastyClock, random: () => 0, signal: new AbortController().signal, freeBytes, ...host },
    (at) => {
      receivedBytes = at.receivedBytes;
      progress.push(at);
      onProgress?.(at);
    },
  ).catch((thrown: unknown) => AppError.from(thrown));
  return { outcome, progress };
}

function serve(served: Partial<Served> = {}): Served {
  const file = { content, etag: '"one"', ...served };
  server.files.set('/model.gguf', file);
  return file;
}

/** A connection that is cut after so many bytes, so many times. */
function cut(afterBytes: number, times: number): Pick<Served, 'cut'> {
  const received = async (bytes: number): Promise<void> => {
    while (receivedBytes < bytes) await new Promise((resolve) => setImmediate(resolve));
  };
  return { cut: { afterBytes, times, received } };
}

/** Stops the download when so many bytes are there. */
function stopAfter(bytes: number): Pick<Options, 'signal' | 'onProgress'> {
  const enough = new AbortController();
  const onProgress = (at: DownloadProgress): void => {
    if (at.receivedBytes >= bytes) enough.abort();
  };
  return { signal: enough.signal, onProgress };
}

const written = (): Buffer => readFileSync(path.join(folder, 'model.gguf'));
const ranges = (): (string | undefined)[] => server.asked.map(({ range }) => range);

describe('downloadFile', () => {
  it('fetches a file whole, says how it goes, and leaves nothing beside it', async () => {
    serve();
    const { outcome, progress } = await download();
    expect(outcome).toBe('downloaded');
    expect(written().equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(['model.gguf']);
    expect(progress[0]).toEqual({ receivedBytes: 0, totalBytes: content.length });
    expect(progress.at(-1)).toEqual({ receivedBytes: content.length, totalBytes: content.length });
    const received = progress.map(({ receivedBytes }) => receivedBytes);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(received.length).toBeGreaterThan(10);
  });

  it('does not ask for what is there already, and replaces what is there but damaged', async () => {
    serve();
    await download();
    expect((await download()).outcome).toBe('there already');
    expect(server.asked).toHaveLength(1);
    writeFileSync(path.join(folder, 'model.gguf'), 'damaged');
    expect((await download()).outcome).toBe('downloaded');
    expect(written().equals(content)).toBe(true);
  });

  it('goes on where the connection was cut, again and again', async () => {
    serve(cut(700_000, 4));
    const { outcome } = await download();
    expect(outcome).toBe('downloaded');
    expect(written().equals(content)).toBe(true);
    expect(ranges()).toEqual([undefined, ...[7, 14, 21, 28].map((part) => `bytes=${part * 100_000}-`)]);
    expect(server.asked.map(({ ifRange }) => ifRange)).toEqual([
      undefined,
      ...Array<string>(4).fill('"one"'),
    ]);
  });

  it('goes on where an earlier process stopped', async () => {
    serve({ holdAfterBytes: 1_000_000 });
    expect((await download(stopAfter(1_000_000))).outcome).toMatchObject({
      code: 'model.download_failed',
      message: 'stopped after 1 MB; the same command goes on from there',
    });
    expect(readdirSync(folder).sort()).toEqual(['model.gguf.part', 'model.gguf.part.etag']);
    serve();
    expect((await download()).outcome).toBe('downloaded');
    expect(ranges()).toEqual([undefined, 'bytes=1000000-']);
    expect(written().equals(content)).toBe(true);
  });

  it('stops at once when told in the middle of a reply, and keeps what came', async () => {
    const enough = new AbortController();
    serve({ before: () => new Promise(() => undefined) });
    const running = download({ signal: enough.signal });
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    enough.abort();
    expect((await running).outcome).toMatchObject({ code: 'model.download_failed' });
    expect(readdirSync(folder)).toContain('model.gguf.part');
  });

  it('starts over when the server does not do ranges', async () => {
    serve({ ignoresRange: true, ...cut(500_000, 1) });
    expect((await download()).outcome).toBe('downloaded');
    expect(written().equals(content)).toBe(true);
    expect(ranges()).toEqual([undefined, 'bytes=500000-']);
  });

  it('does not glue the rest of a changed file to the beginning of the old one', async () => {
    const other = someBytes(content.length, 2);
    serve({ holdAfterBytes: 500_000 });
    await download(stopAfter(500_000));
    serve({ content: other, etag: '"two"' });
    expect((await download({ expected: other })).outcome).toBe('downloaded');
    expect(written().equals(other)).toBe(true);
    expect(server.asked[1]).toMatchObject({ range: 'bytes=500000-', ifRange: '"one"' });
  });

  it('goes on by the size alone when the server names no version, and checks the whole', async () => {
    const file = serve(cut(500_000, 1));
    delete file.etag;
    expect((await download()).outcome).toBe('downloaded');
    expect(server.asked[1]).toMatchObject({ range: 'bytes=500000-', ifRange: undefined });
    expect(written().equals(content)).toBe(true);
  });

  it('takes a part that is complete as it is', async () => {
    serve();
    await download();
    writeFileSync(path.join(folder, 'model.gguf.part'), content);
    writeFileSync(path.join(folder, 'model.gguf'), 'damaged');
    expect((await download()).outcome).toBe('downloaded');
    expect(server.asked).toHaveLength(1);
    writeFileSync(path.join(folder, 'model.gguf.part'), content);
    writeFileSync(path.join(folder, 'model.gguf'), 'damaged');
    // Of unknown size: the server says that there is no more.
    expect((await download({ sizeBytes: null })).outcome).toBe('downloaded');
    expect(ranges()[1]).toBe(`bytes=${content.length}-`);
  });

  it('starts over when there is more than the file has', async () => {
    serve();
    await download();
    writeFileSync(path.join(folder, 'model.gguf.part'), Buffer.concat([content, content]));
    writeFileSync(path.join(folder, 'model.gguf'), 'damaged');
    expect((await download()).outcome).toBe('downloaded');
    expect(written().equals(content)).toBe(true);
  });

  it('removes a file with another sha256, and says so', async () => {
    serve({ content: someBytes(content.length, 2) });
    const { outcome } = await download();
    expect(outcome).toMatchObject({
      code: 'model.download_failed',
      message: expect.stringMatching(
        /its sha256 is [0-9a-f]{64}, not [0-9a-f]{64}; what came is removed/,
      ) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['another size', { content: content.subarray(1) }, {}, 'has 2999999 bytes, not 3000000'],
    ['no end', { chunked: true }, { sizeBytes: 1_000 }, 'is longer than it should be'],
    ['no address', { status: { code: 404, times: 9 } }, {}, 'there is no http://127.0.0.1'],
    ['a locked door', { status: { code: 403, times: 9 } }, {}, 'is not for everyone (403)'],
    ['a strange answer', { status: { code: 402, times: 9 } }, {}, 'answers 402'],
  ])('does not try %s again', async (_what, served, options, message) => {
    serve(served);
    const { outcome } = await download(options);
    expect(outcome).toMatchObject({
      code: 'model.download_failed',
      message: expect.stringContaining(message) as string,
    });
    expect(server.asked).toHaveLength(1);
  });

  it('tries a busy server again, and gives up after six attempts', async () => {
    serve({ status: { code: 503, times: 5 } });
    expect((await download()).outcome).toBe('downloaded');
    serve({ content: someBytes(10), status: { code: 503, times: 99 } });
    server.asked.length = 0;
    const { outcome } = await download({ expected: someBytes(10), sizeBytes: 10 });
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/cannot be downloaded now: it answers 503; the same command/) as string,
    });
    expect(server.asked).toHaveLength(6);
  });

  it('says what is wrong when nobody answers', async () => {
    const { url } = server;
    await server.stop();
    const { outcome } = await download();
    server = await ModelServer.start();
    expect(outcome).toMatchObject({
      message: expect.stringContaining(`${url}/model.gguf cannot be`) as string,
    });
  });

  it('waits for a silent server for 30 seconds, and then asks again', async () => {
    const file = serve();
    file.before = () => {
      delete file.before;
      return new Promise(() => undefined);
    };
    const delays: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after(delayMs, run) {
        delays.push(delayMs);
        // The first is the wait for this reply.
        return systemClock.after(delays.length === 1 ? 200 : delayMs >= 30_000 ? delayMs : 0, run);
      },
    };
    expect((await download({ clock })).outcome).toBe('downloaded');
    expect(delays[0]).toBe(30_000);
    expect(server.asked).toHaveLength(2);
  });

  it('follows where the server sends on, but not to what is not safe', async () => {
    server.files.set('/other.gguf', { content });
    serve({ status: { code: 302, times: 1, location: '/other.gguf' } });
    expect((await download()).outcome).toBe('downloaded');
    serve({
      content: someBytes(10),
      status: { code: 302, times: 1, location: 'http://192.0.2.1/model.gguf' },
    });
    const { outcome } = await download({ expected: someBytes(10), sizeBytes: 10 });
    expect(outcome).toMatchObject({
      message: expect.stringContaining('http://192.0.2.1, which is not https') as string,
    });
    serve({ content: someBytes(10), status: { code: 302, times: 99, location: '/model.gguf' } });
    const round = await download({ expected: someBytes(10), sizeBytes: 10 });
    expect(round.outcome).toMatchObject({ message: expect.stringContaining('more than 5 times') as string });
  });

  it('does not begin what the disk has no room for', async () => {
    serve();
    const { outcome } = await download({ freeBytes: () => Promise.resolve(200_000_000) });
    expect(outcome).toMatchObject({
      code: 'model.download_failed',
      message: expect.stringMatching(/has room for 200 MB, and 272 MB are needed; make room/) as string,
    });
    expect(existsSync(path.join(folder, 'model.gguf'))).toBe(false);
  });

  it('names the folder that it cannot write to', async () => {
    serve();
    writeFileSync(path.join(folder, '../..', 'models'), 'a file');
    const { outcome } = await download();
    expect(outcome).toMatchObject({
      code: 'model.download_failed',
      message: expect.stringContaining(`cannot write ${path.join(folder, 'model.gguf')}`) as string,
    });
  });
});
