/** How the product as a whole is doing: whether it is ready, what it leaves undone, its memory and its store. */
import { askForToken, ask, failureText, hasToken } from '../access.js';
import { seesEveryCamera, whoIsThere } from '../caller.js';
import { counted, replaceLines, setText } from '../elements.js';
import { Repeated } from '../repeated.js';
import { overloadText, tooMuchText } from './system-words.js';
import { durationText } from '../times.js';

const REFRESH_EVERY_MS = 5_000;

const page = (id) => document.getElementById(id);

export class SystemView {
  title = 'System';
  section = page('system-page');
  link = page('system-link');
  #current = new Repeated(() => this.#refresh(), REFRESH_EVERY_MS);

  constructor() {
    page('other-token').addEventListener('click', () => void askForToken());
  }

  show() {
    const { name, role, cameras } = whoIsThere();
    const scope = cameras === null ? 'all cameras' : counted(cameras.length, 'camera');
    setText(page('whoami'), `You are ${name}, ${role}, and see ${scope}.`);
    page('other-token').hidden = !hasToken();
    page('system-facts').hidden = !seesEveryCamera();
    if (!seesEveryCamera())
      setText(page('system-notice'), 'This is about all cameras, and your token is for some of them.');
    this.watch();
  }

  hide() {}

  /** Looks from now on, whatever view is shown: that something is wrong is marked in the navigation. */
  watch() {
    if (seesEveryCamera()) this.#current.start();
    else this.#current.stop();
  }

  async #refresh() {
    try {
      const [stats, { version }] = await Promise.all([ask('/api/stats'), ask('/api/version')]);
      setText(page('system-notice'), '');
      this.#show(stats, version);
    } catch (failure) {
      setText(page('system-notice'), `What is shown may be old: ${failureText(failure)}.`);
    }
  }

  #show({ ready, failures, warnings, overload, resources, store, ...process }, version) {
    const readiness = ready ? (warnings.length > 0 ? 'warned' : 'good') : 'bad';
    page('ready').dataset.state = readiness;
    this.link.dataset.state = readiness;
    this.link.title = [...failures, ...warnings].join('\n');
    setText(page('ready-state'), ready ? 'Ready' : 'Not ready');
    replaceLines(page('ready-facts'), [
      ready
        ? 'Cameras are scored, and events are stored.'
        : 'Cameras are not scored, or events are not stored:',
      ...failures,
      ...warnings,
    ]);
    page('load').dataset.state = overload.state === 'normal' ? 'good' : 'warned';
    setText(page('load-state'), overload.state === 'normal' ? 'Keeps up' : 'Overloaded');
    replaceLines(page('load-facts'), [
      `${overloadText(overload.state)}.`,
      ...overload.because.map((why) => `Because ${tooMuchText(why)}.`),
    ]);
    this.#showMemory(resources, process);
    const lag = store.waiting + ((store.lastSeq ?? 0) - (store.projectedSeq ?? 0));
    const isSilent = store.lastSeq === undefined;
    page('store').dataset.state = isSilent || store.waiting > 0 ? 'warned' : 'good';
    setText(page('store-state'), isSilent ? 'Does not answer' : lag === 0 ? 'Up to date' : `${lag} behind`);
    replaceLines(page('store-facts'), [
      `${counted(store.waiting, 'state')} of events not durable yet.`,
      ...(isSilent ? [] : [`${counted(store.lastSeq - store.projectedSeq, 'state')} not to be queried yet.`]),
    ]);
    setText(
      page('about'),
      `Nunchi ${version}, process ${process.pid}, up for ${durationText(process.uptime_s)}.`,
    );
  }

  #showMemory({ budgetMb, declaredMb, models }, { rss_mb: rss }) {
    setText(page('memory-state'), `${gib(declaredMb)} of ${gib(budgetMb)}`);
    page('memory-meter').max = budgetMb;
    page('memory-meter').value = declaredMb;
    replaceLines(page('memory-facts'), [
      ...models.map(({ name, state, declaredMb: mb, measuredMb: measured }) => {
        const inFact = measured === null || measured === undefined ? '' : `, ${gib(measured)} in fact`;
        return `${name}: ${state}, ${gib(mb)} declared${inFact}`;
      }),
      `The process: ${gib(rss)}`,
    ]);
  }
}

function gib(mb) {
  return mb >= 1_024 ? `${(mb / 1_024).toFixed(1)} GiB` : `${Math.round(mb)} MiB`;
}
