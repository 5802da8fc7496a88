/** The clip of the event that is shown: in place of its picture once somebody asks to play it, and to be saved. */
import { mediaAddress, request } from '../access.js';
import { element, setText } from '../elements.js';

const codecNames = { h264: 'H.264', hevc: 'H.265' };

function clipAddress({ id }) {
  return `/api/events/${encodeURIComponent(id)}/clip.mp4`;
}

export class ClipPlayer {
  #screen;
  #button;
  #link;
  #notice;
  #onToggled;
  #event = null;
  #posterAddress = null;
  #video = null;
  /** Lets go of copies of the clip and the picture that were made to show them. */
  #releases = [];

  /** `onToggled` hears whether the clip is shown in place of the picture. */
  constructor({ screen, button, link, notice, onToggled }) {
    this.#screen = screen;
    this.#button = button;
    this.#link = link;
    this.#notice = notice;
    this.#onToggled = onToggled;
    button.addEventListener('click', () => (this.#video === null ? this.#play() : this.close()));
    link.addEventListener('click', (click) => this.#download(click));
  }

  /** Offers the clip of an event, or none where it has none. */
  offer(event, posterAddress) {
    this.#event = event;
    this.#posterAddress = posterAddress;
    this.#button.hidden = !event.has_clip;
    this.#link.hidden = !event.has_clip;
    this.#link.href = `${clipAddress(event)}?download=1`;
    this.#showState();
  }

  /** Shows the picture again; stops what plays or loads. */
  close() {
    for (const release of this.#releases.splice(0)) release();
    if (this.#video === null) return;
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video.remove();
    this.#video = null;
    this.#showState();
    this.#onToggled(false);
  }

  async #play() {
    setText(this.#notice, '');
    const video = element('video', 'clip');
    this.#video = video;
    Object.assign(video, { controls: true, autoplay: true, muted: true, playsInline: true });
    video.ariaLabel = 'Clip of the event';
    const failed = () => this.#failed(video);
    video.addEventListener('error', failed);
    this.#screen.append(video);
    this.#showState();
    this.#onToggled(true);
    try {
      if (this.#posterAddress !== null) video.poster = await this.#addressOf(this.#posterAddress, video);
    } catch {
      // It plays as well without a picture to begin with.
    }
    await this.#addressOf(clipAddress(this.#event), video).then((address) => (video.src = address), failed);
  }

  /** What is loaded for a video that was closed meanwhile is let go of at once. */
  async #addressOf(path, video) {
    const { address, release } = await mediaAddress(path);
    if (this.#video !== video) {
      release();
      throw new Error('it was closed');
    }
    this.#releases.push(release);
    return address;
  }

  async #failed(video) {
    // Closed by now, or another event is shown.
    if (this.#video !== video) return;
    const event = this.#event;
    this.close();
    const isStored = await request(clipAddress(event), { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (this.#event !== event) return;
    setText(this.#notice, isStored ? cannotPlay(event) : 'The clip is no longer stored.');
  }

  /** With a token the browser cannot follow the link by itself. */
  async #download(click) {
    click.preventDefault();
    try {
      const { address, release } = await mediaAddress(this.#link.getAttribute('href'));
      const link = element('a', '');
      Object.assign(link, { href: address, download: `${this.#event.camera}-${this.#event.id}.mp4` });
      link.click();
      // The browser has taken what it saves by then.
      setTimeout(release, 60_000);
    } catch (failure) {
      setText(this.#notice, `The clip cannot be downloaded: ${failure.message}`);
    }
  }

  #showState() {
    setText(this.#button, this.#video === null ? 'Play the clip' : 'Show the picture');
  }
}

function cannotPlay({ data }) {
  const codec = codecNames[data.clip_codec];
  const what = codec === undefined ? 'this clip' : `this clip, which is ${codec}`;
  return `Your browser cannot play ${what}. Download it to watch it in a video player.`;
}
