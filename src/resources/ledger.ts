/** Who may be in memory: what the resource pool decides by, free of effects. */

/** What a model costs, and what it gives way to. */
export interface ModelDeclaration<Name extends string = string> {
  name: Name;
  /** MiB that it may take. */
  declaredMb: number;
  /** `always`: never unloaded but at the end; `onDemand`: when idle, or when others need its room. */
  keep: 'always' | 'onDemand';
  /** Where its declaration is set, for messages. */
  setting: string;
}

/** In memory, or on its way in or out: in all but the first it counts against the budget. */
export type Residence = 'unloaded' | 'loading' | 'loaded' | 'unloading';

/** One model as it stands. */
export interface LedgerEntry<Name extends string = string> extends ModelDeclaration<Name> {
  residence: Residence;
  users: number;
  /** Milliseconds since its last use ended; 0 while it is used. */
  idleMs: number;
}

/** What must happen before a model can be loaded. */
export type Plan<Name extends string = string> =
  | { type: 'load' }
  /** These are idle: unload them, then plan again. */
  | { type: 'evict'; names: Name[] }
  /**
   * Room comes when others are done. `claimed`: they must take no new users meanwhile, or they might never be;
   * `idleInMs`: when an idle one will have been idle for long enough, null when no clock decides.
   */
  | { type: 'wait'; claimed: Name[]; idleInMs: number | null }
  /** There will never be room. */
  | { type: 'refuse' };

/** A model gives way to a less important one only when it was idle for so long: two in turn must not evict each other. */
export const SETTLED_MS = 2_000;

/** MiB that the models may take as they stand; never above the budget. */
export function declaredMb(entries: readonly LedgerEntry[]): number {
  return sumMb(entries.filter(({ residence }) => residence !== 'unloaded'));
}

/**
 * How to make room for the unloaded model `name`.
 *
 * @param entries - all models, the most important first; the least important is evicted first
 * @param alone - every other model must go, whatever the budget says: the memory turned out to be smaller
 */
export function planLoad<Name extends string>(
  budgetMb: number,
  entries: readonly LedgerEntry<Name>[],
  name: Name,
  alone = false,
): Plan<Name> {
  const rank = entries.findIndex((entry) => entry.name === name);
  const wanted = entries[rank];
  if (wanted === undefined) return { type: 'refuse' };
  const present = entries.filter((entry) => entry !== wanted && entry.residence !== 'unloaded');
  const freeMb = (gone: readonly LedgerEntry[]): number =>
    budgetMb - sumMb(present.filter((entry) => !gone.includes(entry)));
  const isEnough = (gone: readonly LedgerEntry[]): boolean =>
    wanted.declaredMb <= freeMb(gone) &&
    !(alone && present.some((entry) => entry.keep === 'onDemand' && !gone.includes(entry)));

  if (isEnough([])) return { type: 'load' };
  const going = present.filter(({ residence }) => residence === 'unloading');
  if (isEnough(going)) return { type: 'wait', claimed: [], idleInMs: null };

  const candidates = present.filter((entry) => entry.keep === 'onDemand' && !going.includes(entry)).reverse();
  const isBelow = (entry: LedgerEntry<Name>): boolean => entries.indexOf(entry) > rank;
  const settlesInMs = (entry: LedgerEntry<Name>): number =>
    isBelow(entry) ? 0 : Math.max(0, SETTLED_MS - entry.idleMs);
  const isIdle = ({ residence, users }: LedgerEntry): boolean => residence === 'loaded' && users === 0;

  const victims = firstEnough(
    candidates.filter((entry) => isIdle(entry) && settlesInMs(entry) === 0),
    (chosen) => isEnough([...going, ...chosen]),
  );
  if (victims !== null) return { type: 'evict', names: victims.map((entry) => entry.name) };
  if (!isEnough([...going, ...candidates])) return { type: 'refuse' };
  const settling = candidates.filter((entry) => isIdle(entry) && settlesInMs(entry) > 0);
  return {
    type: 'wait',
    claimed: candidates.filter(isBelow).map((entry) => entry.name),
    idleInMs: settling.length === 0 ? null : Math.min(...settling.map(settlesInMs)),
  };
}

/** As few of `candidates`, from the first, as are enough; null when all are not. */
function firstEnough<T>(candidates: readonly T[], isEnough: (chosen: readonly T[]) => boolean): T[] | null {
  const length = candidates.findIndex((_, i) => isEnough(candidates.slice(0, i + 1))) + 1;
  return length === 0 ? null : candidates.slice(0, length);
}

function sumMb(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.declaredMb, 0);
}
