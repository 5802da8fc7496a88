/** A file that is either the old one or the new one, whatever happens in between. */
import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces the content of a file, which is on disk when this resolves. A link is followed; mode and owner stay, and a
 * new file can be read by its owner alone. Rejects with the error of the file system; the file is the old one then.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(file).catch(unlessMissing(file));
  const old = await stat(target).catch(unlessMissing(null));
  const folder = path.dirname(target);
  // In the same folder: renaming is atomic within a file system only.
  const temporary = path.join(folder, `.${path.basename(target)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await write(handle, content, old);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function write(
  handle: FileHandle,
  content: string | Uint8Array,
  old: { uid: number; gid: number; mode: number } | null,
): Promise<void> {
  try {
    if (old !== null) {
      const made = await handle.stat();
      if (made.uid !== old.uid || made.gid !== old.gid) await handle.chown(old.uid, old.gid);
      await handle.chmod(old.mode & 0o7777);
    }
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename is durable once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead;
    throw error;
  };
}
