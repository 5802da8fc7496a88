/** What the product tells the launcher that started it, if one did. */

/** Once a second while the main thread is free. */
export const HEARTBEAT_MS = 1_000;

/** Over the process's IPC channel. */
export type LaunchedMessage =
  /** The API answers. `restart`: whether the product is to be started again should it end otherwise than with 0. */
  { type: 'listening'; restart: boolean } | { type: 'alive' };

/**
 * Says that the API answers, and from then on that the main thread still turns. Does nothing without a launcher.
 * `onAbandoned` is called when the launcher is gone: nobody would stop this process any more.
 */
export function reportToLauncher(restart: boolean, onAbandoned: () => void): void {
  if (process.send === undefined) return;
  const tell = (message: LaunchedMessage): void => {
    // The error of a launcher that has just gone comes as `disconnect` too.
    if (process.connected) process.send?.(message, undefined, {}, () => undefined);
  };
  tell({ type: 'listening', restart });
  const beat = setInterval(() => {
    tell({ type: 'alive' });
  }, HEARTBEAT_MS);
  beat.unref();
  process.once('disconnect', onAbandoned);
  // Listening for its end must not keep the process running.
  process.channel?.unref();
}
