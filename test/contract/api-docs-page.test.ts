import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { Browser, hasChromium } from '../support/browser.js';
import { openHttp } from '../support/http-app.js';
import { FakeServices } from '../support/http-fakes.js';
import { SimulatedClock } from '../support/simulated-clock.js';

vi.setConfig({ testTimeout: 90_000 });

const shown = hasChromium ? describe : describe.skip;

shown('/docs in a real browser (needs Chromium)', () => {
  let http: RunningHttp;
  let browser: Browser;

  beforeAll(async () => {
    const services = new FakeServices();
    const clock = new SimulatedClock();
    const defaults = { fps: 5, width: 640, quality: 75 };
    const hub = new LiveHub({ cameras: services.cameras, clock, defaults });
    http = await startHttp({ ...openHttp(), services, hub, clock });
  });

  afterEach(async () => {
    await browser.close();
  });

  afterAll(() => {
    http.close();
  });

  it.each([1440, 390])(
    'shows the operations at %d pixels, breaks no rule and asks no other host',
    async (width) => {
      browser = await Browser.open(`${http.url}/docs`, width, 900);
      await browser.until(`document.querySelectorAll('.opblock').length > 40`);
      expect(await browser.evaluate<string>('document.body.innerText')).toContain('/api/cameras');
      expect(await browser.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
      const hosts = await browser.evaluate<string[]>(
        `performance.getEntriesByType('resource').map(({ name }) => new URL(name))
        .filter(({ protocol }) => protocol !== 'data:').map(({ host }) => host)`,
      );
      expect(new Set(hosts)).toEqual(new Set([new URL(http.url).host]));
      expect(browser.errors).toEqual([]);
    },
  );

  it('tries an operation out, under the same policy', async () => {
    browser = await Browser.open(`${http.url}/docs`, 1440, 900);
    await browser.until(`document.querySelectorAll('.opblock').length > 40`);
    await browser.evaluate(
      `[...document.querySelectorAll('.opblock-get')]
        .find((block) => block.textContent.includes('/api/version'))
        .querySelector('.opblock-summary button').click()`,
    );
    await browser.until(`document.querySelector('.opblock.is-open .execute') !== null`);
    await browser.evaluate(`document.querySelector('.opblock.is-open .execute').click()`);
    await browser.until(
      `document.querySelector('.opblock.is-open .live-responses-table')?.innerText.includes('1.2.3') === true`,
    );
    expect(browser.errors).toEqual([]);
  });
});
