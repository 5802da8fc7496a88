/** A store of a million events, made quickly and always the same. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { AnomalyEvent } from '../src/event.js';
import { seededRandom } from '../src/random.js';
import { emptyExportFolder } from '../src/workers/store/event-export.js';
import { EventTable } from '../src/workers/store/event-table.js';

/** Unix seconds of the first event; the last comes 30 days later. */
export const FIRST_TIME = 1_700_000_000;
const DAYS = 30;
const BATCH = 10_000;

const sounds = [
  'ka',
  'ro',
  'mi',
  'ten',
  'sul',
  'var',
  'do',
  'lin',
  'pe',
  'gast',
  'ul',
  'fe',
  'nor',
  'bi',
  'tz',
];
/** 3,375 words; the earlier ones occur more often. */
export const words = sounds.flatMap((a) => sounds.flatMap((b) => sounds.map((c) => a + b + c)));
export const labels = ['anomaly', 'person', 'fall', 'fire', 'fight', 'loitering', 'vehicle', 'crowd'];

/** Writes `count` events into a new DuckDB file in `dataDir`; its journal begins after them. */
export async function fillStore(dataDir: string, count: number): Promise<void> {
  const exports = join(dataDir, 'exports');
  emptyExportFolder(exports);
  const table = await EventTable.open(join(dataDir, 'nunchi.duckdb'), exports);
  const random = seededRandom(1);
  for (let first = 0; first < count; first += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, count - first) }, (_, n) => {
      const time = FIRST_TIME + ((first + n) / count) * DAYS * 86_400;
      return { seq: first + n + 1, event: randomEvent(first + n, time, random) };
    });
    await table.write({ records, throughSeq: first + records.length });
  }
  for (const reader of table.readers) reader.closeSync();
  table.close();
}

export function randomEvent(n: number, time: number, random: () => number): AnomalyEvent {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const text = (length: number): string =>
    Array.from({ length }, () => words[Math.floor(words.length * random() ** 3)]).join(' ');
  const score = 0.5 + random() / 2;
  const hex = n.toString(16).padStart(12, '0');
  return {
    id: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${Math.floor(random() * 2 ** 47)
      .toString(16)
      .padStart(12, '0')}`,
    camera: `cam${Math.floor(random() * 16)}`,
    label: pick(labels),
    severity: score < 0.8 ? 'low' : score < 0.95 ? 'medium' : score < 0.995 ? 'high' : 'critical',
    state: 'ended',
    start_time: time + random(),
    end_time: time + 20,
    top_score: score,
    threshold: 0.5,
    verdict: pick(['unverified', 'confirmed', 'rejected', 'verification-failed'] as const),
    summary: text(14),
    reasoning: text(30),
    actions: ['notify'],
    has_snapshot: true,
    has_clip: random() < 0.5,
    kept: random() < 0.01,
    models: [
      { name: 'motion', sha256: 'ab'.repeat(32) },
      { name: 'vlm', sha256: 'cd'.repeat(32) },
    ],
    data: {
      peak_time: time + 3,
      last_seen: time + 18,
      box: [0.25, 0.5, 0.125, 0.25],
      zones: random() < 0.2 ? ['door', 'yard'] : ['yard'],
      pattern: Array.from({ length: 8 }, () => Math.round(random() * 1000) / 1000),
      ...(random() < 0.01 && { feedback: 'false_alarm' }),
    },
  };
}

/** What the DuckDB file takes on disk is told apart from its write-ahead log by a checkpoint. */
export async function checkpoint(dataDir: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(dataDir, 'nunchi.duckdb'));
  const connection = await instance.connect();
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}
