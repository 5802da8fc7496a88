import type { AlertMessage } from '../alerting/channel.js';
import type { Clock } from '../clock.js';

/** A picture of the camera's full size stays far below. */
const MAX_BYTES = 2 << 20;
const MAX_WAIT_MS = 3_000;

/** The JPEG that goes along; null without one, and when it is late, too large or cannot be read: the words go all the same. */
export async function snapshotOf(message: AlertMessage, clock: Clock): Promise<Uint8Array | null> {
  let cancel = (): void => undefined;
  const late = new Promise<null>((resolve) => {
    cancel = clock.after(MAX_WAIT_MS, () => {
      resolve(null);
    });
  });
  try {
    const jpeg = await Promise.race([message.snapshot(), late]);
    return jpeg === null || jpeg.byteLength > MAX_BYTES ? null : jpeg;
  } catch {
    return null;
  } finally {
    cancel();
  }
}
