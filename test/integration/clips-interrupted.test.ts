import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { probeClip } from '../support/probe-clip.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

const ROUNDS = 5;

let dir: string;
let clipsDir: string;
let product: Product;

beforeEach(() => {
  dir = temporaryDir('interrupted');
  clipsDir = path.join(dir, 'data', 'clips');
});

afterEach(async () => {
  await product.stop();
});

const media = packagePath('src/demo/clips');

async function startWith(config: object): Promise<void> {
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify({ vlm: { enabled: false }, agent: { enabled: false }, ...config }));
  product = await Product.start(['--config', file, '--data-dir', path.join(dir, 'data')]);
}

/** Without a camera that would begin other clips. */
const startToLook = (): Promise<void> => startWith({ cameras: {} });

/** @param postS how long a clip goes on after its event */
async function start(postS: number): Promise<void> {
  await startWith({
    media_dir: media,
    defaults: { vad: { threshold: 0.005, warmup_s: 1 } },
    cameras: { yard: { url: path.join(media, 'yard.mp4') } },
    clips: { pre_s: 1, post_s: postS },
  });
  await eventually(
    async () => {
      const cameras = await product.cameras();
      const picture = await fetch(`${product.url}/api/cameras/yard/latest.jpg`);
      await picture.body?.cancel();
      return (picture.ok && cameras[0]?.state === 'streaming') || undefined;
    },
    'a stream',
    15_000,
  );
}

/** Returns its id. */
async function report(): Promise<string> {
  const body = { camera: 'yard', label: 'fall' } as const;
  const { data } = await product.api.POST('/api/events', { body });
  if (data === undefined) throw new Error('the event was not taken');
  return data.id;
}

const partOf = (id: string): string => path.join(clipsDir, `${id}.mp4.part`);

const untilIsBegun = (id: string): Promise<true> =>
  eventually(
    () => Promise.resolve((existsSync(partOf(id)) && readFileSync(partOf(id)).length > 0) || undefined),
    'a clip that is being made',
    10_000,
    10,
  );

async function clipOf(id: string): Promise<{ status: number; bytes: Buffer }> {
  const reply = await fetch(`${product.url}/api/events/${id}/clip.mp4`);
  return { status: reply.status, bytes: Buffer.from(await reply.arrayBuffer()) };
}

/** Every clip that is served plays to its end, every event that says so has one, and nothing else lies there. */
async function expectNoHalfClips(): Promise<{ whole: number }> {
  expect(readdirSync(clipsDir).filter((name) => name.endsWith('.part'))).toEqual([]);
  let whole = 0;
  const ids = new Set<string>();
  for (const { id, has_clip } of await product.events()) {
    ids.add(id);
    const { status, bytes } = await clipOf(id);
    if (has_clip) expect([id, status]).toEqual([id, 200]);
    if (status !== 200) continue;
    const copy = path.join(dir, 'copy.mp4');
    writeFileSync(copy, bytes);
    const { corrupt, pictures } = probeClip(copy);
    expect([id, corrupt, pictures > 0]).toEqual([id, 0, true]);
    whole += 1;
  }
  const names = readdirSync(clipsDir).map((name) => path.basename(name, '.mp4'));
  expect(names.filter((name) => !ids.has(name))).toEqual([]);
  return { whole };
}

describe('a clip that is being made', () => {
  it('is not served before it is whole, and is gone after SIGKILL and the next start', async () => {
    await start(60);
    const id = await report();
    await untilIsBegun(id);
    expect((await clipOf(id)).status).toBe(404);
    product.kill('SIGKILL');
    await product.exited;
    expect(existsSync(partOf(id))).toBe(true);
    await startToLook();
    expect(existsSync(partOf(id))).toBe(false);
    expect((await clipOf(id)).status).toBe(404);
    const event = (await product.events()).find((stored) => stored.id === id);
    expect(event).toMatchObject({ has_clip: false, camera: 'yard' });
  }, 60_000);

  it('is ended by SIGTERM with what there is of it, which plays', async () => {
    await start(60);
    const id = await report();
    await untilIsBegun(id);
    expect(await product.stop()).toEqual({ code: 0, signal: null });
    expect(existsSync(partOf(id))).toBe(false);
    await startToLook();
    const event = (await product.events()).find((stored) => stored.id === id);
    expect(event).toMatchObject({ has_clip: true });
    expect((await expectNoHalfClips()).whole).toBeGreaterThan(0);
  }, 60_000);

  it(`is whole or not there after each of ${ROUNDS} SIGKILLs at any moment`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await start(1);
      const id = await report();
      await untilIsBegun(id);
      // A clip is made in about a second: some rounds end in it, some as it gets its name, some after it.
      await new Promise((resolve) => setTimeout(resolve, round * 400));
      product.kill('SIGKILL');
      await product.exited;
    }
    await startToLook();
    const { whole } = await eventually(
      async () => {
        const isTold = (await product.events()).every(
          ({ id, has_clip }) => !has_clip || existsSync(path.join(clipsDir, `${id}.mp4`)),
        );
        return isTold ? await expectNoHalfClips() : undefined;
      },
      'events that say what is there',
      10_000,
    );
    expect(whole).toBeGreaterThan(0);
  }, 120_000);
});
