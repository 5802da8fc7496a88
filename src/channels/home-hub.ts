import type { Clock } from '../clock.js';
import type { EventEnvelope } from '../event-envelope.js';
import type { AnomalyEvent } from '../event.js';
import { MS_PER_S } from '../units.js';
import type { Feature, HomeCamera, HomeState } from './home-topics.js';

/** One connection to a home; none of its calls waits or throws. */
export interface MqttHome {
  show(state: HomeState): void;
  event(envelope: EventEnvelope): void;
  score(camera: string, score: number): void;
  stats(stats: unknown): void;
}

export interface HomeCommands {
  onMute: (camera: string, muted: boolean) => void;
  onEnabled: (camera: string, enabled: boolean) => void;
}

/** What homes are told and what they ask for: one for the product, whichever MQTT channels come and go. */
export interface HomeHub {
  /** The cameras as they are now; on every change. */
  cameras(list: readonly HomeCamera[]): void;
  event(envelope: EventEnvelope): void;
  /** Passed on once a second a camera at most, and only when it has changed by more than 0.01. */
  score(camera: string, score: number): void;
  stats(stats: unknown): void;
  /** For a connection: tells it everything from now on, the state at once; the returned function ends that. */
  join(home: MqttHome): () => void;
  /** A connection's command; false, and counted, when there is no such camera or the payload is not ON or OFF. */
  command(camera: string, feature: Feature, payload: string): boolean;
  refusedCommands(): number;
}

const SCORE_PERIOD_MS = MS_PER_S;
const SCORE_STEP = 0.01;
/** Episodes of a camera at once; one is usual. */
const MAX_OPEN = 16;

export function homeHub({ onMute, onEnabled }: HomeCommands, clock: Clock): HomeHub {
  const homes = new Set<MqttHome>();
  const open = new Map<string, Set<string>>();
  const scores = new Map<string, { score: number; atMs: number }>();
  let known: readonly HomeCamera[] | null = null;
  let refused = 0;

  const isKnown = (camera: string): boolean => known?.some(({ id }) => id === camera) ?? false;
  const state = (): HomeState | null =>
    known === null ? null : { cameras: known, anomalous: new Set([...open.keys()].filter(isKnown)) };
  const showAll = (): void => {
    const now = state();
    if (now !== null) for (const home of homes) home.show(now);
  };

  return {
    cameras(list) {
      known = list;
      for (const camera of [...open.keys(), ...scores.keys()]) {
        if (isKnown(camera)) continue;
        open.delete(camera);
        scores.delete(camera);
      }
      showAll();
    },
    event(envelope) {
      const { after } = envelope;
      if (follow(open, after)) showAll();
      for (const home of homes) home.event(envelope);
    },
    score(camera, score) {
      const nowMs = clock.monotonicMs();
      const last = scores.get(camera);
      const isDue =
        last === undefined ||
        (nowMs - last.atMs >= SCORE_PERIOD_MS && Math.abs(score - last.score) > SCORE_STEP);
      if (!isDue || !isKnown(camera)) return;
      scores.set(camera, { score, atMs: nowMs });
      for (const home of homes) home.score(camera, score);
    },
    stats(stats) {
      for (const home of homes) home.stats(stats);
    },
    join(home) {
      homes.add(home);
      const now = state();
      if (now !== null) home.show(now);
      return () => {
        homes.delete(home);
      };
    },
    command(camera, feature, payload) {
      if (!isKnown(camera) || (payload !== 'ON' && payload !== 'OFF')) {
        refused += 1;
        return false;
      }
      if (feature === 'alerts') onMute(camera, payload === 'OFF');
      else onEnabled(camera, payload === 'ON');
      return true;
    },
    refusedCommands: () => refused,
  };
}

/** Keeps which events of a camera go on; true when that begins or ends an anomaly. */
function follow(open: Map<string, Set<string>>, { id, camera, state, verdict }: AnomalyEvent): boolean {
  const before = open.has(camera);
  const events = open.get(camera) ?? new Set();
  // What was looked at and found ordinary is no anomaly, however high it scores.
  if (state === 'new' && verdict !== 'rejected' && events.size < MAX_OPEN) events.add(id);
  else if (state === 'ended' || verdict === 'rejected') events.delete(id);
  if (events.size > 0) open.set(camera, events);
  else open.delete(camera);
  return before !== open.has(camera);
}
