import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { appendAudit, auditEntry, readAudit, rotateAudit, type AuditedAct } from '../../access/audit.js';
import type { AppError } from '../../errors.js';
import { AuditLog } from './audit-log.js';

let dataDir: string;
let failures: AppError[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'nunchi-audit-'));
  failures = [];
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function auditLog(folder = dataDir): AuditLog {
  const onFailure = (error: AppError): void => {
    failures.push(error);
  };
  return new AuditLog({ dataDir: folder, clock: new SimulatedClock(), onFailure });
}

function act(target: string): AuditedAct {
  return { caller: 'ops', address: '10.0.0.1', action: 'PUT /x/{id}', target, status: 200, request_id: 'r' };
}

const targetsOf = (entries: { target: string | null }[]): (string | null)[] =>
  entries.map(({ target }) => target);

it('gives what was recorded, newest first, a page at a time', async () => {
  const log = auditLog();
  for (const target of ['a', 'b', 'c', 'd']) log.record(act(target));
  const page = await log.read(2, null);
  expect(targetsOf(page)).toEqual(['d', 'c']);
  expect(page[0]).toMatchObject({ ...act('d'), time: 1_700_000_000 });
  expect(targetsOf(await log.read(10, page[1]?.id ?? ''))).toEqual(['b', 'a']);
  expect(await log.read(10, '018bcfe5-6800-7000-8000-000000000000')).toEqual([]);
  expect(statSync(path.join(dataDir, 'audit.log')).mode & 0o777).toBe(0o600);
});

it('reads past lines that a crash cut off', async () => {
  const log = auditLog();
  log.record(act('a'));
  await log.flush();
  appendFileSync(path.join(dataDir, 'audit.log'), '{"id":"0');
  log.record(act('b'));
  expect(targetsOf(await log.read(10, null))).toEqual(['b', 'a']);
});

it('keeps two old files, and reads on into them', async () => {
  for (const target of ['a', 'b', 'c', 'd']) {
    await rotateAudit(dataDir, 1);
    await appendAudit(dataDir, [auditEntry(act(target), 0)]);
  }
  expect(readdirSync(dataDir).sort()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2']);
  const entries = await readAudit(dataDir, 10, null);
  expect(targetsOf(entries)).toEqual(['d', 'c', 'b']);
  expect(targetsOf(await readAudit(dataDir, 10, entries[1]?.id ?? ''))).toEqual(['b']);
});

it('counts what a disk does not take, says so once, and goes on when it does again', async () => {
  const folder = path.join(dataDir, 'later');
  const log = auditLog(folder);
  log.record(act('a'));
  await log.flush();
  log.record(act('b'));
  await log.flush();
  expect(log.lost).toBe(2);
  expect(failures.map(({ code }) => code)).toEqual(['store.write_failed']);
  mkdirSync(folder);
  log.record(act('c'));
  expect(targetsOf(await log.read(10, null))).toEqual(['c']);
});

it('holds a bounded number back, and counts the rest', async () => {
  const log = auditLog();
  for (let count = 0; count < 1_500; count += 1) log.record(act(String(count)));
  await log.flush();
  const kept = await log.read(5_000, null);
  expect(kept.length + log.lost).toBe(1_500);
  expect(log.lost).toBeGreaterThan(0);
});
