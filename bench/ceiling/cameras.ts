/** Where the cameras of a measured product find their streams. */
import path from 'node:path';
import { loadCodedClip } from '../../test/support/coded-clip.js';
import { RtspServer } from '../../test/support/rtsp-server.js';
import type { Clips } from './source.js';

/** `file`: the product reads the clips in real time itself; `rtsp`: a server in this process sends them, over TCP. */
export const transports = ['file', 'rtsp'] as const;
export type Transport = (typeof transports)[number];

export interface CameraSources {
  /** Of so many cameras; neighbours show different clips. */
  urls(cameras: number): string[];
  close(): Promise<void>;
}

export async function openSources(
  clips: Clips,
  transport: Transport,
  mostCameras: number,
): Promise<CameraSources> {
  const files = Array.from({ length: mostCameras }, (_, i) =>
    path.join(clips.folder, clips.files[i % clips.files.length] ?? ''),
  );
  if (transport === 'file')
    return { urls: (cameras) => files.slice(0, cameras), close: () => Promise.resolve() };
  const loaded = new Map([...new Set(files)].map((file) => [file, loadCodedClip(file)]));
  const paths = files.map((file, i) => [`/cam${i}`, loaded.get(file)] as const);
  const server = new RtspServer(
    Object.fromEntries(paths.flatMap(([route, clip]) => (clip === undefined ? [] : [[route, clip]]))),
  );
  await server.listen();
  return {
    urls: (cameras) => paths.slice(0, cameras).map(([route]) => server.url(route)),
    close: () => server.close(),
  };
}
