import type { Clock } from '../../clock.js';
import type { DecodeSettings } from '../../camera/decode-config.js';
import { AppError, type ErrorRecord } from '../../errors.js';
import { LIVE_HEADER } from '../../frame.js';
import { openPort } from '../../port.js';
import {
  mainToCameraTransfers,
  type CameraApi,
  type CameraMessage,
  type MainToCameraMessage,
  type StreamInfo,
  type StreamSource,
} from '../../protocol/camera.js';
import type { Child } from '../kernel/supervisor.js';
import { Thread } from '../kernel/thread.js';

/** What a stream showed when it was tried. */
export interface TriedStream extends StreamInfo {
  /** Its first picture, a JPEG. */
  picture: Uint8Array;
}

export interface CameraTrialsOptions {
  clock: Clock;
  /** Compiled entry of a camera's thread. */
  entry: URL;
  /** What decodes the streams. */
  decode: DecodeSettings;
}

/** From the request to the first picture. */
const DEADLINE_MS = 10_000;
const STOP_MS = 8_000;
/** Trials at once; each decodes a stream. */
const MOST_TRIALS = 2;
const PICTURE = { fps: 1, width: 640, quality: 75 };

/** Opens streams for a moment, to see whether they would do as cameras. */
export class CameraTrials {
  readonly #options: CameraTrialsOptions;
  /** One a trial; each settles when its thread is gone. */
  readonly #running = new Set<Promise<unknown>>();
  #isStopped = false;

  constructor(options: CameraTrialsOptions) {
    this.#options = options;
  }

  /** For the supervisor: a stop waits for the trials that run. */
  start(): Promise<Child> {
    let end: (error: null) => void = () => undefined;
    const exited = new Promise<null>((resolve) => (end = resolve));
    const stop = async (): Promise<void> => {
      this.#isStopped = true;
      await Promise.all(this.#running);
      end(null);
    };
    return Promise.resolve({ exited, stop });
  }

  /**
   * Opens a stream as a camera would, in a thread of its own, and waits for its first picture, 10 s at most. Throws
   * `camera.*` for what is wrong with the stream, `request.rate_limited` while two others are tried.
   */
  async run(source: Omit<StreamSource, 'loop'>): Promise<TriedStream> {
    if (this.#isStopped) throw new AppError('service.stopping', 'the service stops; try again later');
    if (this.#running.size >= MOST_TRIALS) {
      const message = `${MOST_TRIALS} streams are being tried already; wait for one to end`;
      throw new AppError('request.rate_limited', message);
    }
    const { clock, entry, decode } = this.#options;
    // The camera worker wants to know how to sample for a VAD that it is never connected to.
    const data = { vadFps: 1, vadBuffers: 1, decode };
    const thread = new Thread<CameraApi>({ entry, name: 'camera-trial', data, clock });
    const picture = firstPicture(thread, source, clock);
    // A read may block for a moment; whoever asked does not wait for it, but the next trial does.
    const gone = picture
      .catch(() => undefined)
      .then(() => thread.stop(STOP_MS))
      .catch(() => thread.exited)
      .finally(() => this.#running.delete(gone));
    this.#running.add(gone);
    return picture;
  }
}

async function firstPicture(
  thread: Thread<CameraApi>,
  source: Omit<StreamSource, 'loop'>,
  clock: Clock,
): Promise<TriedStream> {
  let cancelDeadline = (): void => undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    cancelDeadline = clock.after(DEADLINE_MS, () => {
      reject(new AppError('camera.stalled', `no picture came within ${DEADLINE_MS / 1_000} s`));
    });
  });
  const picture = nextPicture(thread);
  // It is over before anybody waits for it when the stream cannot be opened.
  picture.catch(() => undefined);
  const shown = async (): Promise<TriedStream> => {
    await thread.call('setLive', [PICTURE], DEADLINE_MS);
    const info = await thread.call('open', [{ ...source, loop: false }], DEADLINE_MS);
    return { ...info, picture: await picture };
  };
  try {
    return await Promise.race([shown(), tooLate]);
  } finally {
    cancelDeadline();
  }
}

function nextPicture(thread: Thread<CameraApi>): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    openPort<CameraMessage, MainToCameraMessage>(thread.events, mainToCameraTransfers, (message) => {
      if (message.type === 'live') resolve(new Uint8Array(message.frame, LIVE_HEADER.bytes));
      if (message.type === 'closed') reject(endedEarly(message.error));
    });
    void thread.exited.then(({ error }) => {
      reject(error ?? endedEarly(null));
    });
  });
}

function endedEarly(error: ErrorRecord | null): AppError {
  if (error !== null) return AppError.fromRecord(error);
  return new AppError('camera.stream_ended', 'the stream ended before it showed a picture');
}
