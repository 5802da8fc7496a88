import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answered } from '../support/api-client.js';
import { Browser, hasChromium } from '../support/browser.js';
import { Product, temporaryDir } from '../support/product.js';

const shown = hasChromium ? describe : describe.skip;

shown('the events of the dashboard in a real browser (needs Chromium)', () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    product = await Product.start(['--data-dir', temporaryDir('dashboard-events')]);
    for (const [i, severity] of (['low', 'high', 'low'] as const).entries()) {
      const body = { camera: 'gate', label: `drill_${i}`, severity, summary: `heron ${i}` };
      await answered(product.api.POST('/api/events', { body }));
    }
    browser = await Browser.open(product.url, 390, 844);
    await browser.until(`${drills}.length === 3`);
  }, 60_000);

  afterEach(async () => {
    await browser.evaluate(`document.getElementById('event-filters').reset()`);
    await browser.until(`${drills}.length === 3`);
  });

  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  /** Summaries of the events that were reported above, as listed; the demo cameras may see some of their own. */
  const drills = `[...document.querySelectorAll('.event .summary')].map((p) => p.textContent).filter((text) => /^heron /.test(text))`;
  const set = (name: string, value: string) =>
    browser.evaluate(`(() => {
      const field = document.getElementById('event-filters').elements[${JSON.stringify(name)}];
      field.value = ${JSON.stringify(value)};
      field.dispatchEvent(new Event('input', { bubbles: true }));
    })()`);
  const press = (mark: string) =>
    browser.evaluate(`document.querySelector('.view-marks [data-mark=${mark}]').click()`);

  it('lists those that a filter names, and all again once it is cleared', async () => {
    await set('severity', 'high');
    await browser.until(`${drills}.join() === 'heron 1'`);
  });

  it('finds words, and says so when nothing has them', async () => {
    await set('q', '"heron 2"');
    await browser.until(`${drills}.join() === 'heron 2'`);
    await set('q', 'albatross');
    await browser.until(`document.getElementById('no-events').innerText.includes('No such events')`);
  });

  it('marks an event as a false alarm, takes that back, and keeps it', async () => {
    await browser.evaluate(`document.querySelector('.event .more').click()`);
    await press('wrong');
    await browser.until(`document.querySelector('.mark-said')?.textContent.includes('false alarm') === true`);
    await press('undo');
    await browser.until(`document.querySelector('.view-marks [data-mark=right]') !== null`);
    await press('keep');
    await browser.until(
      `document.querySelector('.view-marks [data-mark=keep]').textContent === 'Do not keep'`,
    );
    await browser.evaluate(`document.querySelector('.view-close').click()`);
    // An event that somebody reported has no trace, and the browser counts the 404 that says so.
    expect(browser.errors.filter((error) => !error.includes('404 (Not Found)'))).toEqual([]);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
