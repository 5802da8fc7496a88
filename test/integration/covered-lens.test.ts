import path from 'node:path';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClipEncoder } from '../../src/demo/clip-encoder.js';
import { randomScene } from '../../src/demo/random-scene.js';
import { ScenePainter } from '../../src/demo/scene-painter.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

const FPS = 5;
const SIZE = { width: 320, height: 180 };
/** A camera has to know its view before it can tell that it is gone. */
const BEFORE_S = 14;
const COVERED_S = 8;

let product: Product;

beforeAll(async () => {
  // The encoder would report its settings.
  Log.setLevel(AV_LOG_ERROR);
  const file = path.join(temporaryDir('covered'), 'covered.mp4');
  const encoder = new ClipEncoder(file, SIZE, FPS, 20, 'veryfast');
  const painter = new ScenePainter(randomScene(31), SIZE);
  const coat = Buffer.alloc(SIZE.width * SIZE.height * 4, 70);
  for await (const frame of painter.frames(0, FPS, BEFORE_S * FPS)) encoder.write(frame);
  for (let i = 0; i < COVERED_S * FPS; i += 1) encoder.write(coat);
  for await (const frame of painter.frames(BEFORE_S, FPS, BEFORE_S * FPS)) encoder.write(frame);
  encoder.finish();
  product = await Product.start(['--camera', `gate=${file}`, '--data-dir', temporaryDir('covered-data')]);
});

afterAll(async () => {
  await product.stop();
});

it('a covered lens is a stored event with a picture and an alert, and ends when the view is back', async () => {
  const stored = async (state: string) =>
    (await product.events()).find((event) => event.label === 'covered' && event.state === state);
  const begun = await eventually(() => stored('new'), 'the event', 40_000);
  expect(begun).toMatchObject({ camera: 'gate', severity: 'high', end_time: null, has_snapshot: true });
  expect(begun).toMatchObject({ top_score: 1, models: [] });
  const metrics = await (await fetch(`${product.url}/metrics`)).text();
  expect(metrics).toContain('nunchi_camera_picture_health{camera="gate",health="covered"} 1');
  expect((await product.camera('gate')).score).toBeNull();
  const ended = await eventually(() => stored('ended'), 'its end', 20_000);
  expect(ended.id).toBe(begun.id);
  expect((ended.end_time ?? 0) - ended.start_time).toBeGreaterThan(3);
  expect((await fetch(`${product.url}/api/events/${ended.id}/snapshot.jpg`)).status).toBe(200);
  expect(product.log).toMatch(/"alert":.*"label":"covered".*"msg":"alert"/);
}, 90_000);
