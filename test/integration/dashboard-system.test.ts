import { describe, expect, it } from 'vitest';
import { hasChromium, type Browser } from '../support/browser.js';
import { adminToken, DashboardRig, viewerToken } from '../support/dashboard-product.js';

const shown = hasChromium ? describe : describe.skip;

shown('the state of the whole on the dashboard in a real browser (needs Chromium)', () => {
  const rig = new DashboardRig();
  let browser: Browser;

  const text = (id: string) => `document.getElementById('${id}').innerText`;

  it('is told with memory, load and store, and who one is', async () => {
    browser = await rig.open('#system', 375, 812, viewerToken);
    await browser.until(`${text('ready-state')} === 'Ready'`);
    await browser.until(`${text('memory-state')}.includes('GiB of 6.0 GiB')`);
    expect(await browser.evaluate(text('whoami'))).toBe('You are porter, viewer, and see all cameras.');
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(375);
    expect(browser.errors).toEqual([]);
  });

  it('asks for a token, and again for one that is not known', async () => {
    browser = await rig.open('#system', 1440, 900);
    for (const token of ['no-such-token', adminToken]) {
      await browser.until(`document.getElementById('access').open`);
      await browser.evaluate(`document.getElementById('token').value = '${token}'`);
      await browser.push('Continue', '#access');
    }
    await browser.until(`${text('whoami')}.startsWith('You are config-1, admin')`);
  });

  it('says that the server is gone, in every view, and that what is shown may be old', async () => {
    browser = await rig.open('#system', 1440, 900, adminToken);
    await browser.until(`${text('ready-state')} === 'Ready'`);
    await rig.running.product.stop();
    await browser.until(`${text('banner')}.startsWith('No connection to Nunchi')`);
    await browser.until(`${text('link')} === 'Connection lost'`);
    await browser.until(`${text('system-notice')}.startsWith('What is shown may be old')`);
    await browser.evaluate(`location.hash = '#alerts'`);
    await browser.until(`${text('alerts-notice')}.includes('cannot be listed: it does not answer')`);
    await browser.evaluate(`location.hash = '#cameras'`);
    await browser.until(`document.querySelector('.camera-card') !== null`);
    await browser.push('Pause', '.camera-card');
    await browser.until(`document.querySelector('.card-notice').innerText.includes('it does not answer')`);
  });
});
