import { createCanvas } from '@napi-rs/canvas';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { Browser, hasChromium } from '../support/browser.js';
import { openHttp } from '../support/http-app.js';
import { FakeServices } from '../support/http-fakes.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const shown = hasChromium ? describe : describe.skip;

function jpeg(colour: string): Uint8Array {
  const canvas = createCanvas(320, 240);
  const context = canvas.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, 320, 240);
  return canvas.toBuffer('image/jpeg');
}

shown('the picture of an event in a real browser (needs Chromium)', () => {
  const services = new FakeServices();
  let http: RunningHttp;
  let browser: Browser;

  beforeAll(async () => {
    const clock = new SimulatedClock();
    const defaults = { fps: 5, width: 640, quality: 75 };
    const hub = new LiveHub({ cameras: services.cameras, clock, defaults });
    http = await startHttp({ ...openHttp(), services, hub, clock });
    const data = { peak_time: 1_000, box: [0.25, 0.5, 0.5, 0.25], zones: ['door'] };
    services.stored = [anomalyEvent({ data })];
    services.eventPictures = { plain: jpeg('green') };
  });

  afterEach(async () => {
    await browser.close();
  });

  afterAll(() => {
    http.close();
  });

  const until = (expression: string) => browser.until(expression);
  /** The box against the picture that it lies over, in shares of that. */
  const boxOver = (screen: string) => `(() => {
    const picture = document.querySelector('${screen} img').getBoundingClientRect();
    const box = document.querySelector('${screen} .box').getBoundingClientRect();
    const shares = [
      (box.left - picture.left) / picture.width,
      (box.top - picture.top) / picture.height,
      box.width / picture.width,
      box.height / picture.height,
    ];
    return shares.map((share) => Math.round(share * 100) / 100);
  })()`;
  const loaded = (image: string) => `document.querySelector('${image}')?.naturalWidth > 0`;
  const click = (element: string) => browser.evaluate(`document.querySelector('${element}').click()`);

  it('has the box where the event says, small and large, and the zone beside it', async () => {
    browser = await Browser.open(http.url, 1440, 900);
    await until(loaded('.thumbnail img'));
    expect(await browser.evaluate(boxOver('.thumbnail-screen'))).toEqual([0.25, 0.5, 0.5, 0.25]);
    expect(await browser.evaluate(`document.querySelector('.event .where').innerText`)).toContain('door');
    await click('.thumbnail');
    await until(loaded('.view-screen .plain'));
    expect(await browser.evaluate(boxOver('.view-screen'))).toEqual([0.25, 0.5, 0.5, 0.25]);
  });

  it('says when there is no heat map, and shows it when there is one', async () => {
    browser = await Browser.open(http.url, 390, 844);
    await until(loaded('.thumbnail img'));
    await click('.thumbnail');
    await click('.view-toggle input');
    await until(`document.querySelector('.view-notice').innerText.includes('no heat map')`);
    await click('.view-close');
    services.eventPictures = { ...services.eventPictures, overlay: jpeg('red') };
    await click('.thumbnail');
    expect(await browser.evaluate(`document.querySelector('.view-notice').innerText`)).toBe('');
    await click('.view-toggle input');
    await until(loaded('.view-screen .overlay'));
    await click('.view-toggle input');
    expect(await browser.evaluate(`document.querySelector('.view-screen .overlay').hidden`)).toBe(true);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
