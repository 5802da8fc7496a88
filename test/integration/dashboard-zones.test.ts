import { describe, expect, it } from 'vitest';
import { answered } from '../support/api-client.js';
import { hasChromium, type Browser } from '../support/browser.js';
import { adminToken, DashboardRig, viewerToken } from '../support/dashboard-product.js';

const shown = hasChromium ? describe : describe.skip;

shown('the zones of the dashboard in a real browser (needs Chromium)', () => {
  const rig = new DashboardRig();
  let browser: Browser;

  const openPage = async (token: string, width: number) => {
    browser = await rig.open('#zones/gate', width, 900, token);
    await browser.until(`(document.getElementById('zone-picture')?.naturalWidth ?? 0) > 0`);
  };
  const near = (share: number): unknown => expect.closeTo(share, 2);
  const saved = `document.getElementById('zones-notice').innerText.startsWith('Saved.')`;
  const drawn = () => rig.running.camera('gate');

  it('are drawn by clicks on the picture, named and saved', async () => {
    await openPage(adminToken, 1440);
    await browser.push('Draw a zone', '#zone-actions');
    for (const corner of [
      [0.1, 0.2],
      [0.6, 0.2],
      [0.6, 0.8],
    ] as const)
      await browser.click('#zone-screen', corner);
    // The first point again closes it.
    await browser.click('#zone-screen', [0.1, 0.2]);
    await browser.until(`document.querySelectorAll('.handle').length === 3`);
    await browser.evaluate(
      `(() => {
        const field = document.querySelector('.zone-row input');
        field.value = 'the door';
        field.dispatchEvent(new Event('input', { bubbles: true }));
      })()`,
    );
    await browser.push('Save', '#zone-actions');
    await browser.until(
      `document.querySelector('.zone-row .field-error')?.innerText.includes('a zone name is')`,
    );
    await browser.evaluate(
      `(() => {
        const field = document.querySelector('.zone-row input');
        field.value = 'door';
        field.dispatchEvent(new Event('input', { bubbles: true }));
      })()`,
    );
    await browser.push('Save', '#zone-actions');
    await browser.until(saved);
    const { zones } = await drawn();
    expect(Object.keys(zones)).toEqual(['door']);
    expect(zones['door']?.points).toEqual([
      [near(0.1), near(0.2)],
      [near(0.6), near(0.2)],
      [near(0.6), near(0.8)],
    ]);
  });

  it('and masks are drawn, moved and thinned out by keyboard alone, on a phone too', async () => {
    await openPage(adminToken, 375);
    await browser.push('Draw a mask', '#zone-actions');
    // From the middle of the picture: right, down, left.
    await browser.press('Enter');
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) {
      // With Shift by what the VAD tells apart, 1/24 of a side.
      for (let i = 0; i < 3; i += 1) await browser.press(key, true);
      await browser.press('Enter');
    }
    await browser.push('Finish', '#zone-actions');
    await browser.until(`document.querySelectorAll('.handle').length === 4`);
    await browser.evaluate(`document.querySelector('.handle').focus()`);
    await browser.press('Delete');
    await browser.press('ArrowRight');
    await browser.push('Save', '#zone-actions');
    await browser.until(saved);
    expect((await drawn()).masks).toEqual([
      {
        points: [
          [near(0.63), near(0.5)],
          [near(0.625), near(0.625)],
          [near(0.5), near(0.625)],
        ],
      },
    ]);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(375);
    expect(browser.errors).toEqual([]);
  });

  it('are removed, and a change that is not saved is found again', async () => {
    const points: [number, number][] = [
      [0, 0],
      [0.5, 0],
      [0.5, 0.5],
    ];
    const params = { path: { id: 'gate' } };
    await answered(
      rig.running.api.PATCH('/api/cameras/{id}', {
        params,
        body: { zones: { door: { points } }, masks: null },
      }),
    );
    await openPage(adminToken, 1440);
    await browser.push('Remove', '.zone-row');
    await browser.evaluate(`location.hash = '#cameras'`);
    await browser.evaluate(`location.hash = '#zones/gate'`);
    await browser.until(`!document.getElementById('no-zones').hidden`);
    await browser.push('Save', '#zone-actions');
    await browser.until(saved);
    expect((await drawn()).zones).toEqual({});
  });

  it('are shown to a viewer, who is not offered to change them', async () => {
    await openPage(viewerToken, 1440);
    expect(
      await browser.evaluate(
        `[...document.querySelectorAll('#zone-actions button')].filter((one) => one.offsetParent !== null).length`,
      ),
    ).toBe(0);
    expect(await browser.evaluate(`document.getElementById('zone-advice').innerText`)).toContain('admin');
  });
});
