import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../atomic-file.js';
import { localFiles, manifestOf, type LocalFile, type ModelToPull } from './catalogue.js';
import { downloadFile, type DownloadHost, type DownloadProgress } from './download.js';
import { MANIFEST, pulledFolder } from './pulled-models.js';

export interface PullHost extends DownloadHost {
  /** Called once for each file; what it returns is told how the download goes. */
  progressOf: (file: LocalFile) => (progress: DownloadProgress) => void;
}

/**
 * Downloads what is missing of a model, and then writes its manifest, which makes it one to use. Another version of
 * the same name stays in use until then. Returns the files that were not there yet. Throws `model.download_failed`.
 */
export async function pullModel(model: ModelToPull, dataDir: string, host: PullHost): Promise<string[]> {
  const folder = pulledFolder(dataDir, model.name);
  const downloaded = [];
  for (const file of localFiles(model)) {
    const { name, remote } = file;
    const outcome = await downloadFile(remote, path.join(folder, name), host, host.progressOf(file));
    if (outcome === 'downloaded') downloaded.push(name);
  }
  const manifest = manifestOf(model, host.clock.wallTime());
  await replaceFile(path.join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  await removeOthers(folder, [MANIFEST, ...localFiles(model).map(({ name }) => name)]);
  return downloaded;
}

/** Files of an earlier version: who still has them open keeps them. */
async function removeOthers(folder: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!kept.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
