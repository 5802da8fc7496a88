/** Which events stay, and as what, when time has passed. */
import type { AnomalyEvent } from '../../event.js';
import { eventColumns, eventOfRow } from './event-query.js';
import type { Journal } from './journal.js';
import type { Projection } from './projection.js';
import type { Projector } from './projector.js';

const EXPIRED_PER_TRANSACTION = 1_000;

export interface ExpiringFiles {
  journal: Pick<Journal, 'remove'>;
  projector: Pick<Projector, 'settled'>;
  projection: Pick<Projection, 'select' | 'remove'>;
}

/**
 * Deletes events that started before `cutoff`, Unix seconds, except those that are kept. The journal forgets first: the
 * other way round, a crash in between would leave what no search finds again. Throws `store.*`.
 */
export async function expireEvents(
  { journal, projector, projection }: ExpiringFiles,
  cutoff: number,
): Promise<void> {
  const sql = `SELECT id FROM events WHERE start_time < ? AND NOT kept LIMIT ${EXPIRED_PER_TRANSACTION}`;
  for (;;) {
    await projector.settled();
    const rows = await projection.select({ sql, values: [cutoff] });
    if (rows.length === 0) return;
    const ids = rows.map((row) => row['id'] as string);
    journal.remove(ids);
    await projection.remove(ids);
  }
}

/** The episodes that an earlier run left open, ended: nobody saw what became of them, and nobody else will. */
export async function eventsLeftOpen(projection: Pick<Projection, 'select'>): Promise<AnomalyEvent[]> {
  const sql = `SELECT ${eventColumns} FROM events WHERE state = 'new'`;
  const rows = await projection.select({ sql, values: [] });
  return rows.map((row) => endedAtRestart(eventOfRow(row)));
}

function endedAtRestart(event: AnomalyEvent): AnomalyEvent {
  const lastSeen = event.data['last_seen'];
  return {
    ...event,
    state: 'ended',
    end_time: typeof lastSeen === 'number' ? lastSeen : event.start_time,
    data: { ...event.data, closed_by: 'restart' },
  };
}
