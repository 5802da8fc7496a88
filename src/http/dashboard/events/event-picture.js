/** Pictures of events: their address, the box around what was unusual, and the large view with all that is known. */
import { showPicture } from '../access.js';
import { element, setText } from '../elements.js';
import { ClipPlayer } from './event-clip.js';
import { EventMarks } from './event-marks.js';
import { evidenceList, TraceView } from './event-trace.js';
import { actionsText, severityChip, verdictLine } from './verdict.js';

/** Names the moment, so that the picture of an earlier peak is not taken for that of a later one. */
export function pictureAddress(event, isOverlay = false) {
  const query = `t=${event.data.peak_time}${isOverlay ? '&overlay=1' : ''}`;
  return `/api/events/${encodeURIComponent(event.id)}/snapshot.jpg?${query}`;
}

/** The outline of what was unusual, to lie over the picture; none when nobody knows where it was. */
export function outline(event) {
  if (event.data.box === undefined) return [];
  const box = element('span', 'box');
  const [left, top, width, height] = event.data.box.map((share) => `${100 * share}%`);
  Object.assign(box.style, { left, top, width, height });
  return [box];
}

/** Shows one event in a dialog: its picture, where in it something was unusual, and how it was decided on. */
export class PictureView {
  #dialog;
  #title;
  #screen;
  #toggle;
  #notice;
  #findings;
  #trace;
  #clip;
  #marks;
  #event = null;
  /** The overlay of the event that is shown; null until it is asked for. */
  #overlay = null;

  /** `onChanged` is given an event that was marked here. */
  constructor(dialog, onChanged) {
    const part = (name) => dialog.querySelector(`.${name}`);
    this.#dialog = dialog;
    this.#title = part('view-title');
    this.#screen = part('view-screen');
    this.#toggle = part('view-toggle');
    this.#notice = part('view-notice');
    this.#findings = part('view-findings');
    this.#trace = new TraceView(part('trace'));
    this.#clip = new ClipPlayer({
      screen: this.#screen,
      button: part('view-play'),
      link: part('view-download'),
      notice: this.#notice,
      onToggled: () => this.#arrange(),
    });
    this.#marks = new EventMarks({
      place: part('view-marks'),
      notice: this.#notice,
      onChanged: (event) => {
        this.update(event, this.#title.textContent);
        onChanged(event);
      },
    });
    part('view-close').addEventListener('click', () => dialog.close());
    // The event comes a moment after the closing, when another may have been opened.
    dialog.addEventListener('close', () => dialog.open || this.#leave());
    // A click beside the content hits the dialog itself.
    dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
    this.#toggle.querySelector('input').addEventListener('change', () => this.#showHeat());
  }

  /** Whether the caller may mark events. */
  allowMarks(mayMark) {
    this.#marks.allow(mayMark);
  }

  open(event, title) {
    this.#clip.close();
    this.#event = event;
    this.#overlay = null;
    this.#arrange();
    this.#toggle.querySelector('input').checked = false;
    setText(this.#notice, '');
    setText(this.#title, title);
    this.#screen.replaceChildren();
    if (event.has_snapshot) this.#showPicture(title);
    this.#offerClip();
    this.#showFindings();
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  /** The event has changed: what is said of it follows, its picture stays. */
  update(event, title) {
    if (!this.#dialog.open || event.id !== this.#event.id) return;
    this.#event = event;
    setText(this.#title, title);
    this.#offerClip();
    this.#showFindings();
  }

  #leave() {
    this.#clip.close();
    this.#trace.hide();
  }

  #offerClip() {
    this.#clip.offer(this.#event, this.#event.has_snapshot ? pictureAddress(this.#event) : null);
  }

  /** The clip takes the place of the picture, and of what lies over that. */
  #arrange() {
    const { has_snapshot: hasPicture, data } = this.#event;
    const isPlaying = this.#screen.querySelector('.clip') !== null;
    this.#screen.hidden = !hasPicture && !isPlaying;
    this.#toggle.hidden = isPlaying || !hasPicture || data.box === undefined;
  }

  #showPicture(title) {
    const picture = element('img', 'plain');
    picture.alt = title;
    this.#screen.append(picture, ...outline(this.#event));
    this.#load(picture, false, 'The picture is no longer stored.');
  }

  #showFindings() {
    const { severity, summary, actions } = this.#event;
    const what = element('p', 'findings-head', severityChip(severity));
    if (actions.length > 0) what.append(element('span', 'fact', actionsText(actions)));
    this.#findings.replaceChildren(
      what,
      ...verdictLine(this.#event),
      ...(summary === '' ? [] : [element('p', 'findings-summary', summary)]),
      ...evidenceList(this.#event),
    );
    this.#marks.show(this.#event);
    this.#trace.show(this.#event);
  }

  /** Lays the overlay over the picture, box included, or takes it away again. */
  #showHeat() {
    const isWanted = this.#toggle.querySelector('input').checked;
    if (isWanted && this.#overlay === null) {
      this.#overlay = element('img', 'overlay');
      this.#overlay.alt = '';
      this.#screen.append(this.#overlay);
      this.#load(this.#overlay, true, 'This event has no heat map.');
    }
    if (this.#overlay !== null) this.#overlay.hidden = !isWanted;
  }

  #load(image, isOverlay, failure) {
    setText(this.#notice, '');
    const failed = () => {
      // Another event is shown by now.
      if (!image.isConnected) return;
      image.remove();
      setText(this.#notice, failure);
    };
    image.addEventListener('error', failed);
    showPicture(image, pictureAddress(this.#event, isOverlay)).catch(failed);
  }
}
