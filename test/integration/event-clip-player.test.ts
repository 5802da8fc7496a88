import path from 'node:path';
import { statSync } from 'node:fs';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { Browser, hasChromium } from '../support/browser.js';
import { openHttp } from '../support/http-app.js';
import { FakeServices } from '../support/http-fakes.js';
import { makeClip } from '../support/make-clip.js';
import { temporaryDir } from '../support/product.js';
import { recordClip } from '../support/record-clip.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const shown = hasChromium ? describe : describe.skip;
const token = 'a-token-of-more-than-32-characters';

shown('the clip of an event in a real browser (needs Chromium)', () => {
  const folder = temporaryDir('clip-player');
  const services = new FakeServices();
  const running: RunningHttp[] = [];
  let browser: Browser;

  beforeAll(async () => {
    const canvas = createCanvas(320, 240);
    services.eventPictures = { plain: canvas.toBuffer('image/jpeg') };
    for (const codec of ['h264', 'h265'] as const) {
      makeClip(at(`${codec}-source.mp4`), { codec, seconds: 6, fps: 10, gop: 10 });
      await recordClip(at(`${codec}-source.mp4`), at(`${codec}.mp4`), 6);
    }
  });

  afterEach(async () => {
    await browser.close();
  });

  afterAll(() => {
    for (const http of running) http.close();
  });

  const at = (name: string): string => path.join(folder, name);
  const until = (expression: string) => browser.until(expression);
  const click = (element: string) => browser.evaluate(`document.querySelector('${element}').click()`);
  const notice = `document.querySelector('.view-notice').innerText`;

  function storeClip(codec: 'h264' | 'h265'): void {
    const file = at(`${codec}.mp4`);
    services.clip = { path: file, bytes: statSync(file).size, modifiedMs: statSync(file).mtimeMs };
    const data = {
      peak_time: 1_000,
      box: [0.25, 0.5, 0.5, 0.25],
      clip_codec: codec === 'h264' ? 'h264' : 'hevc',
    };
    services.stored = [anomalyEvent({ has_clip: true, data })];
  }

  async function openEvent(tokens: string[] = [], width = 1440): Promise<void> {
    const clock = new SimulatedClock();
    const hub = new LiveHub({
      cameras: services.cameras,
      clock,
      defaults: { fps: 5, width: 640, quality: 75 },
    });
    const http = await startHttp({ ...openHttp(tokens), services, hub, clock });
    running.push(http);
    browser = await Browser.open(http.url, width, 844);
    if (tokens.length > 0) {
      await until(`document.getElementById('access').open`);
      await browser.evaluate(`document.getElementById('token').value = '${token}'`);
      await click('#access button');
    }
    await until(`document.querySelector('.thumbnail img') !== null`);
    await click('.thumbnail');
  }

  async function expectToPlay(): Promise<void> {
    await click('.view-play');
    await until(`document.querySelector('video')?.currentTime > 0.5`);
    const video = `document.querySelector('video')`;
    expect(await browser.evaluate(`[${video}.videoWidth, ${video}.videoHeight]`)).toEqual([320, 240]);
    expect(await browser.evaluate(`${video}.duration`)).toBeCloseTo(6, 0);
    await browser.evaluate(`${video}.currentTime = 4.5`);
    await until(`!${video}.seeking && ${video}.currentTime >= 4.5`);
    expect(await browser.evaluate(notice)).toBe('');
    expect(browser.errors.filter((error) => error.includes('Content Security Policy'))).toEqual([]);
  }

  it('plays in place of the picture, to any moment, and gives it back', async () => {
    storeClip('h264');
    await openEvent();
    await expectToPlay();
    expect(await browser.evaluate(`document.querySelector('.view-screen .plain').checkVisibility()`)).toBe(
      false,
    );
    expect(await browser.evaluate(`document.querySelector('.view-toggle').checkVisibility()`)).toBe(false);
    await click('.view-play');
    expect(await browser.evaluate(`document.querySelector('.view-screen .plain').checkVisibility()`)).toBe(
      true,
    );
    expect(await browser.evaluate(`document.querySelector('video')`)).toBeNull();
  });

  it('plays where a token is asked for, which a player cannot send', async () => {
    storeClip('h264');
    await openEvent([token]);
    await expectToPlay();
  });

  it('is to be downloaded where the browser cannot decode it, and says so, on a narrow screen too', async () => {
    storeClip('h265');
    await openEvent([], 390);
    await click('.view-play');
    await until(`${notice} !== '' || document.querySelector('video')?.currentTime > 0.5`);
    expect(await browser.evaluate(notice)).toBe(
      'Your browser cannot play this clip, which is H.265. Download it to watch it in a video player.',
    );
    expect(await browser.evaluate(`document.querySelector('.view-screen .plain').checkVisibility()`)).toBe(
      true,
    );
    const { id } = services.stored[0] ?? {};
    expect(await browser.evaluate(`document.querySelector('.view-download').getAttribute('href')`)).toBe(
      `/api/events/${id}/clip.mp4?download=1`,
    );
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  it('is not offered where there is none, and says when it was removed', async () => {
    services.stored = [anomalyEvent({ data: { peak_time: 1_000 } })];
    await openEvent();
    expect(await browser.evaluate(`document.querySelector('.view-play').checkVisibility()`)).toBe(false);
    await browser.close();
    storeClip('h264');
    services.clip = null;
    await openEvent();
    await click('.view-play');
    await until(`${notice} === 'The clip is no longer stored.'`);
  });
});
