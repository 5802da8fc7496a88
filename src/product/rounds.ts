/** What is done again and again while the product runs, whatever happens. */
import { every, type Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { LiveHub } from '../http/live/live.js';
import type { Services } from '../http/services.js';
import type { ProductAlerting } from './alerting.js';
import type { ProductEvents } from './events.js';

const STATS_PERIOD_MS = 1_000;
const PRUNE_PERIOD_MS = 3_600_000;
/** As often as Frigate tells its own. */
const HOME_STATS_PERIOD_MS = 60_000;

export interface RoundsOptions {
  clock: Clock;
  hub: LiveHub;
  services: Pick<Services, 'stats'>;
  alerting: Pick<ProductAlerting, 'showScores' | 'homes'>;
  events: Pick<ProductEvents, 'prune'>;
  onFailure: (what: string, error: AppError) => void;
}

/** Starts them; the result ends them. */
export function startRounds({
  clock,
  hub,
  services,
  alerting,
  events,
  onFailure,
}: RoundsOptions): () => void {
  const rounds = [
    every(clock, STATS_PERIOD_MS, () => {
      alerting.showScores();
      if (!hub.isFollowed('stats')) return;
      void services.stats().then((stats) => {
        hub.stats(stats);
      });
    }),
    every(clock, HOME_STATS_PERIOD_MS, () => {
      void services.stats().then((stats) => {
        alerting.homes.stats(stats);
      });
    }),
    every(clock, PRUNE_PERIOD_MS, () => {
      events.prune().catch((thrown: unknown) => {
        onFailure('old pictures were not removed', AppError.from(thrown));
      });
    }),
  ];
  return () => {
    for (const cancel of rounds) cancel();
  };
}
