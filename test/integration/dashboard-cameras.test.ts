import { describe, expect, it } from 'vitest';
import { hasChromium, type Browser } from '../support/browser.js';
import { adminToken, DashboardRig, viewerToken } from '../support/dashboard-product.js';

const shown = hasChromium ? describe : describe.skip;

shown('the cameras of the dashboard in a real browser (needs Chromium)', () => {
  const rig = new DashboardRig();
  let browser: Browser;

  const card = (id: string) => `.camera-card[data-id="${id}"]`;
  const text = (selector: string) => `(document.querySelector('${selector}')?.innerText ?? '')`;
  /** Texts of the buttons and links that can be seen. */
  const offered = (selector: string) =>
    browser.evaluate<string[]>(
      `[...document.querySelectorAll('${selector} :is(button, a)')]
        .filter((one) => one.offsetParent !== null).map((one) => one.textContent)`,
    );
  const openPage = async (token: string, width = 1440) => {
    browser = await rig.open('#cameras', width, 900, token);
    await browser.until(`document.querySelector('${card('gate')}') !== null`);
  };

  it('are added once tried, changed and removed, with what is wrong said at its field', async () => {
    await openPage(adminToken);
    await browser.push('Add a camera…');
    await browser.fill('id', 'back yard', '#camera-form');
    await browser.fill('url', 'http://10.0.0.5/', '#camera-form');
    await browser.push('Save', '#camera-form');
    await browser.until(
      `document.querySelector('#camera-form [name=id][aria-invalid] ~ .field-error') !== null`,
    );
    await browser.fill('id', 'yard', '#camera-form');
    await browser.push('Save', '#camera-form');
    await browser.until(
      `${text('#camera-form [name=url][aria-invalid] ~ .field-error')}.includes('camera.url_refused')`,
    );
    await browser.fill('url', rig.running.spareClip, '#camera-form');
    await browser.push('Test', '#camera-form');
    await browser.until(`${text('#camera-form .trial')}.includes('It works: h264')`);
    await browser.until(`document.querySelector('#camera-form .trial img').naturalWidth > 0`);
    await browser.push('Save', '#camera-form');
    await browser.until(`document.querySelector('${card('yard')}') !== null`);
    expect(await browser.evaluate(`document.getElementById('camera-form').open`)).toBe(false);

    await browser.push('Change…', card('yard'));
    await browser.until(`document.getElementById('camera-form').open`);
    await browser.fill('name', 'Back yard', '#camera-form');
    await browser.fill('vad.fps', '2', '#camera-form');
    await browser.push('Save', '#camera-form');
    await browser.until(`${text(card('yard'))}.includes('Back yard')`);
    expect(await rig.running.camera('yard')).toMatchObject({ name: 'Back yard', fps: 2 });

    await browser.push('Remove…', card('yard'));
    await browser.push('Remove', 'dialog[open]');
    await browser.until(`document.querySelector('${card('yard')}') === null`);
    expect(browser.errors.filter((error) => !error.includes('400 (Bad Request)'))).toEqual([]);
  });

  it('keep user and password to themselves', async () => {
    await openPage(adminToken);
    await browser.push('Add a camera…');
    const typed = { id: 'far', url: 'rtsp://127.0.0.1:9/s1', user: 'me', password: 'heron@/secret' };
    for (const [name, value] of Object.entries(typed)) await browser.fill(name, value, '#camera-form');
    await browser.push('Save', '#camera-form');
    await browser.until(`document.querySelector('${card('far')}') !== null`);
    await browser.push('Change…', card('far'));
    await browser.until(`document.getElementById('camera-form').open`);
    const values = await browser.evaluate<string[]>(
      `[...document.querySelectorAll('#camera-form input')].map((field) => field.value)`,
    );
    expect(values).toContain('rtsp://127.0.0.1:9/s1');
    await browser.fill('name', 'Far', '#camera-form');
    await browser.push('Save', '#camera-form');
    await browser.until(`${text(card('far'))}.includes('Far')`);
    expect(await browser.evaluate('document.documentElement.innerHTML')).not.toContain('heron');
    expect((await rig.running.camera('far')).url).toBe('rtsp://***@127.0.0.1:9/s1');
    await rig.running.api.DELETE('/api/cameras/{id}', { params: { path: { id: 'far' } } });
  });

  it('are paused, resumed, muted and unmuted', async () => {
    await openPage(adminToken, 375);
    await browser.push('Pause', card('gate'));
    await browser.until(`${text(card('gate'))}.includes('Is paused.')`);
    await browser.push('Resume', card('gate'));
    await browser.until(`!${text(card('gate'))}.includes('Is paused.')`);
    await browser.push('Mute…', card('gate'));
    await browser.push('Until it is ended', 'dialog[open]');
    await browser.until(`${text(card('gate'))}.includes('Is muted.')`);
    await browser.push('End the mute', card('gate'));
    await browser.until(`!${text(card('gate'))}.includes('Is muted.')`);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(375);
  });

  it('are calibrated anew, which their calibration says', async () => {
    await openPage(adminToken);
    await browser.push('Calibration…', card('gate'));
    await browser.fill('minutes', '0.01', '#calibration');
    await browser.push('Calibrate', '#calibration');
    await browser.until(`${text('#calibration .form-notice')}.includes('request.invalid')`);
    await browser.fill('minutes', '5', '#calibration');
    await browser.push('Calibrate', '#calibration');
    await browser.until(`${text('#calibration')}.includes('Learning as it was asked to')`);
  });

  it('offer a viewer nothing but to look', async () => {
    await openPage(viewerToken);
    await browser.until(`${text(card('gate'))}.includes('Live')`);
    expect(await offered(card('gate'))).toEqual(['Calibration…', 'Zones and masks']);
    expect(await offered('#cameras-page .page-head')).toEqual([]);
    await browser.push('Calibration…', card('gate'));
    await browser.until(`${text('#calibration')}.includes('In use')`);
    expect(await offered('#calibration')).toEqual(['Close']);
  });
});
