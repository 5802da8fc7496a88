import { beforeAll, describe, expect, it } from 'vitest';
import { answered } from '../support/api-client.js';
import { hasChromium, type Browser } from '../support/browser.js';
import { adminToken, DashboardRig, viewerToken } from '../support/dashboard-product.js';

const shown = hasChromium ? describe : describe.skip;

shown('the alerts of the dashboard in a real browser (needs Chromium)', () => {
  const rig = new DashboardRig();
  let browser: Browser;

  beforeAll(async () => {
    for (const summary of ['<b>first</b>', 'second']) {
      const body = { camera: 'gate', label: 'drill', severity: 'high' as const, summary };
      await answered(rig.running.api.POST('/api/events', { body }));
    }
  }, 60_000);

  const text = (id: string) => `document.getElementById('${id}').innerText`;
  const channel = (name: string) => `document.querySelector('.channel[data-name="${name}"]')`;
  const push = (name: string, label: string) => browser.push(label, `.channel[data-name="${name}"]`);

  it('say of each what became of it on every channel, and why one was not told', async () => {
    browser = await rig.open('#alerts', 1440, 900, adminToken);
    await browser.until(`document.querySelectorAll('.alert').length === 2`);
    await browser.until(`${text('alerts')}.includes('Sent')`);
    const told = await browser.evaluate<string>(text('alerts'));
    expect(told).toContain('Drill at Gate');
    expect(told).toMatch(/pager\s+Held back\s+the rules of the channel leave it out/);
    expect(told).toContain('Not told: one of the same kind was told a moment before');
    expect(browser.errors).toEqual([]);
  });

  it('are narrowed by their outcome, and say so when there are none', async () => {
    browser = await rig.open('#alerts', 375, 812, adminToken);
    await browser.until(`document.querySelectorAll('.alert').length === 2`);
    const choose = (value: string) => browser.fill('outcome', value, '#alert-filters');
    await choose('kind=suppressed');
    await browser.until(`document.querySelectorAll('.alert').length === 1`);
    await choose('status=failed');
    await browser.until(`${text('no-alerts')}.includes('No such alerts')`);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(375);
  });

  it('let a channel be tested, snoozed and woken', async () => {
    browser = await rig.open('#alerts', 1440, 900, adminToken);
    await browser.until(`${channel('desk')} !== null`);
    await push('desk', 'Send a test');
    await browser.until(`${channel('desk')}.innerText.includes('The receiver took it')`);
    expect(rig.running.receiver.of('/desk').at(-1)?.body).toMatchObject({ type: 'alert.test' });
    await push('desk', 'Snooze…');
    await browser.push('2 hours', 'dialog[open]');
    await browser.until(`${channel('desk')}.innerText.includes('Snoozed until')`);
    await push('desk', 'End the snooze');
    await browser.until(`${channel('desk')}.innerText.includes('Ready')`);
  });

  it('offer a viewer nothing but to look, and open an event as text', async () => {
    browser = await rig.open('#alerts', 1440, 900, viewerToken);
    await browser.until(`document.querySelectorAll('.alert').length >= 2 && ${channel('desk')} !== null`);
    expect(
      await browser.evaluate(
        `[...document.querySelectorAll('.channel button')].filter((button) => button.offsetParent !== null).length`,
      ),
    ).toBe(0);
    await browser.evaluate(`document.querySelector('.alert:last-child .more').click()`);
    await browser.until(
      `document.querySelector('#picture-view[open]')?.innerText.includes('<b>first</b>') === true`,
    );
  });

  it('say why cameras have nothing to tell', async () => {
    await answered(
      rig.running.api.PUT('/api/cameras/{id}/mute', {
        params: { path: { id: 'gate' } },
        body: { minutes: null },
      }),
    );
    browser = await rig.open('#alerts/why', 375, 812, viewerToken);
    await browser.until(`${text('silent-cameras')}.includes('Gate is muted.')`);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(375);
  });
});
