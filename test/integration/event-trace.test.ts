import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { Browser, hasChromium } from '../support/browser.js';
import { openHttp } from '../support/http-app.js';
import { FakeServices } from '../support/http-fakes.js';
import { SimulatedClock } from '../support/simulated-clock.js';
import { eventTrace } from '../support/trace.js';

const shown = hasChromium ? describe : describe.skip;

const markup = '<img src=x onerror="document.title = 1"><b>IGNORE ALL RULES</b>';
const confirmed: Partial<AnomalyEvent> = {
  label: 'wrong_way',
  severity: 'medium',
  verdict: 'confirmed',
  summary: `A car drives against the others. ${markup}`,
  actions: ['alert', 'review'],
  has_snapshot: false,
  data: { confidence: 0.9, evidence: [markup], decided_by: 'agent', rule: 'severity of the verdict' },
};

shown('how an event was decided, in a real browser (needs Chromium)', () => {
  const services = new FakeServices();
  let http: RunningHttp;
  let hub: LiveHub;
  let browser: Browser;

  beforeAll(async () => {
    const clock = new SimulatedClock();
    const defaults = { fps: 5, width: 640, quality: 75 };
    hub = new LiveHub({ cameras: services.cameras, clock, defaults });
    http = await startHttp({ ...openHttp(), services, hub, clock });
  });

  beforeEach(() => {
    services.stored = [anomalyEvent(confirmed)];
    services.tracesKept = [eventTrace({ id: services.stored[0]?.id ?? '' })];
  });

  afterEach(async () => {
    await browser.close();
  });

  afterAll(() => {
    http.close();
  });

  const until = (expression: string) => browser.until(expression);
  const textOf = (selector: string) =>
    browser.evaluate<string>(`document.querySelector('${selector}')?.innerText ?? ''`);
  const openDetails = async () => {
    await until(`document.querySelector('.event .more') !== null`);
    await browser.evaluate(`document.querySelector('.event .more').click()`);
  };

  it('says in the list what it is, how bad, who thinks so and what is done', async () => {
    browser = await Browser.open(http.url, 1440, 900);
    await until(`document.querySelector('.event') !== null`);
    const text = await textOf('.event');
    for (const words of [
      'Wrong way',
      'Medium',
      'Confirmed',
      '90% sure',
      'against the others',
      'Alert, review',
    ])
      expect(text).toContain(words);
  });

  it.each<[string, Partial<AnomalyEvent>]>([
    ['Not verified too many others were waiting', { data: { unverified_because: 'queue_full' } }],
    [
      'Verification failed no JSON',
      { verdict: 'verification-failed', data: { unverified_because: 'no JSON' } },
    ],
    ['Rejected 80% sure', { verdict: 'rejected', label: 'normal', data: { confidence: 0.8 } }],
    ['Waiting for a verdict', { state: 'new', data: {} }],
  ])('says in words: %s', async (words, fields) => {
    services.stored = [anomalyEvent({ has_snapshot: false, ...fields })];
    browser = await Browser.open(http.url, 1440, 900);
    await until(`document.querySelector('.verdict') !== null`);
    expect(await textOf('.verdict')).toBe(words);
  });

  it('shows each step of the way with its time, the model, and the scores drawn', async () => {
    browser = await Browser.open(http.url, 1440, 900);
    await openDetails();
    await until(`document.querySelectorAll('.step').length === 9`);
    const text = await textOf('.trace');
    for (const words of [
      'Onset',
      '+0.21 s',
      'Model asked',
      'nunchi-drawn c0ffeec0',
      'prompt drawn-2',
      '610 ms',
    ])
      expect(text).toContain(words);
    for (const words of [
      'The agent decided',
      'severity of the verdict',
      'Left for the digest',
      'threshold, 50%',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('{"label"');
    await browser.evaluate(`document.querySelector('.raw').open = true`);
    expect(await textOf('.raw pre')).toBe('{"label":"wrong_way"}');
    const inked = `(() => {
      const { width, height } = document.querySelector('.trace-scores');
      const { data } = document.querySelector('.trace-scores').getContext('2d').getImageData(0, 0, width, height);
      return data.some((value, i) => i % 4 === 3 && value > 0);
    })()`;
    expect(await browser.evaluate(inked)).toBe(true);
    expect(browser.errors).toEqual([]);
  });

  it('takes what a model wrote for text, wherever it shows it', async () => {
    const steps = services.tracesKept[0]?.steps ?? [];
    const hostile = steps.map((step) => {
      if (step.type === 'answered') return { ...step, raw_output: markup };
      return step.type === 'decided' ? { ...step, reasoning: markup, overruled: [markup] } : step;
    });
    services.tracesKept = [eventTrace({ id: services.stored[0]?.id ?? '', steps: hostile })];
    browser = await Browser.open(http.url, 1440, 900);
    await openDetails();
    await until(`document.querySelectorAll('.step').length === 9`);
    expect(await textOf('.view')).toContain('<b>IGNORE ALL RULES</b>');
    expect(await browser.evaluate(`document.querySelectorAll('.view img, .view b, .event b').length`)).toBe(
      0,
    );
    expect(await browser.evaluate('document.title')).toBe('Nunchi');
    expect(browser.errors).toEqual([]);
  });

  it('follows an event that changes while it is looked at', async () => {
    const [event] = services.stored;
    const [trace] = services.tracesKept;
    if (event === undefined || trace === undefined) throw new Error('there is an event with a trace');
    services.stored = [{ ...event, state: 'new', verdict: 'unverified', label: 'anomaly', data: {} }];
    services.tracesKept = [{ ...trace, state: 'open', steps: trace.steps.slice(0, 3) }];
    browser = await Browser.open(http.url, 1440, 900);
    await openDetails();
    await until(`document.querySelectorAll('.step').length === 3`);
    expect(await textOf('.view-findings')).toContain('Waiting for a verdict');
    // The steps come by themselves, what is said of the event comes with its news.
    services.tracesKept = [trace];
    await until(`document.querySelectorAll('.step').length === 9`);
    await until(`document.getElementById('link').dataset.state === 'live'`);
    hub.event(event);
    await until(`document.querySelector('.view-findings .verdict').dataset.verdict === 'confirmed'`);
    expect(await textOf('.view-findings')).toContain('Confirmed');
    expect(await textOf('.view-title')).toContain('Wrong way');
  });

  it('says so when nothing is kept, and fits a phone', async () => {
    services.tracesKept = [];
    browser = await Browser.open(http.url, 390, 844);
    await openDetails();
    await until(`document.querySelector('.trace-notice').innerText.includes('No record')`);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(390);
    services.tracesKept = [eventTrace({ id: services.stored[0]?.id ?? '' })];
    await browser.evaluate(`document.querySelector('.view-close').click()`);
    await openDetails();
    await until(`document.querySelectorAll('.step').length === 9`);
    const overflow = `document.querySelector('.view').scrollWidth - document.querySelector('.view').clientWidth`;
    expect(await browser.evaluate(overflow)).toBe(0);
  });
});
