/** The product as it ships, compiled anew, with cameras that play a drawn stream: what benchmarks of the whole start from. */
import { buildProduct } from './build.js';
import { openSources } from './ceiling/cameras.js';
import { startProduct } from './ceiling/product.js';
import { profileOf } from './ceiling/profile.js';
import { sourceClips } from './ceiling/source.js';

export interface DrawnProduct {
  url: string;
  /** Aborted by ^C: for what waits. */
  signal: AbortSignal;
  stop(): Promise<void>;
}

/**
 * Starts it with H.264 streams from files for the cameras that are named. `config`: what it is told besides them, and the
 * folder of their clips.
 */
export async function startDrawnProduct(
  profileName: string,
  cameras: readonly string[],
  config: Readonly<Record<string, unknown>>,
): Promise<DrawnProduct> {
  const profile = profileOf(profileName);
  if (profile === null) throw new Error(`there is no profile ${profileName}`);
  const ended = new AbortController();
  process.once('SIGINT', () => {
    ended.abort();
  });
  const { signal } = ended;
  await buildProduct(signal);
  const clips = await sourceClips({ profile, codec: 'h264', alarms: null });
  const sources = await openSources(clips, 'file', cameras.length);
  const urls = sources.urls(cameras.length);
  const product = await startProduct(
    {
      media_dir: clips.folder,
      ...config,
      cameras: Object.fromEntries(cameras.map((id, i) => [id, { url: urls[i] }])),
    },
    signal,
  );
  return {
    url: product.url,
    signal,
    async stop() {
      await product.stop();
      await sources.close();
    },
  };
}
