import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Browser, hasChromium } from '../support/browser.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

const shown = hasChromium ? describe : describe.skip;

shown('the dashboard in a real browser (needs Chromium)', () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    product = await Product.start(['--data-dir', temporaryDir('dashboard')]);
  });

  afterEach(async () => {
    await browser.close();
  });

  afterAll(async () => {
    await product.stop();
  });

  /** Colours of the middle row of each tile's picture, summed: 0 while it is blank. */
  const pictures = `[...document.querySelectorAll('canvas.picture')].map((canvas) => {
    if (canvas.width === 0 || canvas.height === 0) return 0;
    const row = canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1).data;
    return row.reduce((sum, value, i) => (i % 4 === 3 ? sum : sum + value), 0);
  })`;

  it('shows four live tiles whose pictures move, says that there are no events yet, and breaks no rule of its own', async () => {
    browser = await Browser.open(product.url, 1440, 900);
    const first = await eventually(
      async () => {
        const sums = await browser.evaluate<number[]>(pictures);
        return sums.length === 4 && sums.every((sum) => sum > 0) ? sums : undefined;
      },
      'four live pictures',
      15_000,
    );
    await eventually(
      async () => {
        const sums = await browser.evaluate<number[]>(pictures);
        return sums.every((sum, i) => sum !== first[i]) ? true : undefined;
      },
      'pictures that move',
      10_000,
    );
    const text = await browser.evaluate<string>('document.body.innerText');
    for (const name of ['Front gate', 'Plaza', 'Service lane', 'Yard']) expect(text).toContain(name);
    expect(await browser.evaluate(`document.getElementById('no-events').hidden`)).toBe(false);
    expect(browser.errors).toEqual([]);
  });

  it('fits a phone without sideways scrolling', async () => {
    browser = await Browser.open(product.url, 390, 844);
    await eventually(
      async () => ((await browser.evaluate<number[]>(pictures)).some((sum) => sum > 0) ? true : undefined),
      'a live picture',
      15_000,
    );
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});
