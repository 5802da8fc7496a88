/** The audit log's files: who changed what, and who was not let. */
import { open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { BYTES_PER_MIB } from '../units.js';

export const auditEntrySchema = z.strictObject({
  id: z.string().describe('sorts by time'),
  time: z.number().describe('Unix seconds'),
  caller: z.string().nullable().describe('name of the token; null for one who was not let in'),
  address: z.string().nullable().describe('IP address that asked; null where nobody asked over the network'),
  action: z
    .string()
    .describe('method and route, such as DELETE /api/cameras/{id}, or what was done otherwise'),
  target: z.string().nullable().describe('what it was done to: an id or a name'),
  status: z.int().nullable().describe('of the answer; null where there is no HTTP'),
  request_id: z.string().nullable().describe('x-request-id of the answer'),
});

export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** What happened, as whoever saw it tells. */
export type AuditedAct = Omit<AuditEntry, 'id' | 'time'>;

const FILE_MAX_BYTES = 8 * BYTES_PER_MIB;
/** Beside the one that is written to. */
const OLD_FILES = 2;

/** @param wallTime Unix seconds */
export function auditEntry(act: AuditedAct, wallTime: number): AuditEntry {
  return { id: uuid(), time: wallTime, ...act };
}

/** Adds entries as JSON lines, synced. Throws what the file system throws. */
export async function appendAudit(dataDir: string, entries: readonly AuditEntry[]): Promise<void> {
  // A line that a crash cut off must not spoil the next one: an empty line costs nothing.
  const text = entries.map((entry) => `\n${JSON.stringify(entry)}`).join('');
  const file = await open(auditFile(dataDir, 0), 'a', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Begins a new file when the present one is full; the oldest goes. For one process only, at one time. */
export async function rotateAudit(dataDir: string, maxBytes = FILE_MAX_BYTES): Promise<void> {
  const size = await stat(auditFile(dataDir, 0)).then(
    (found) => found.size,
    () => 0,
  );
  if (size < maxBytes) return;
  for (let age = OLD_FILES; age > 0; age -= 1)
    await rename(auditFile(dataDir, age - 1), auditFile(dataDir, age)).catch(ignoreMissing);
}

/**
 * The newest entries, newest first; with `before`, those older than the entry with that id, of which there are none
 * when it is no longer kept.
 */
export async function readAudit(
  dataDir: string,
  limit: number,
  before: string | null,
): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  let skipping = before !== null;
  for (let age = 0; age <= OLD_FILES && found.length < limit; age += 1) {
    const text = await readFile(auditFile(dataDir, age), 'utf8').catch(() => '');
    const lines = text.split('\n').reverse();
    for (const line of lines) {
      if (found.length === limit) break;
      if (skipping) skipping = !line.startsWith(`{"id":"${before ?? ''}"`);
      else found.push(...entryOf(line));
    }
  }
  return found;
}

function auditFile(dataDir: string, age: number): string {
  return path.join(dataDir, age === 0 ? 'audit.log' : `audit.log.${age}`);
}

/** None for an empty line, or one that a crash cut off. */
function entryOf(line: string): AuditEntry[] {
  if (line === '') return [];
  try {
    const parsed = auditEntrySchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function ignoreMissing(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
}
