/** What is told of that which leaves the product: alerts, clips, event streams; and of what it leaves undone. */
import { overloadStates } from '../overload-states.js';
import { single, type ReadMetric } from './read-metric.js';
import type { ChannelReading, Reading } from './reading.js';

/** As things are. */
export const outputGauges: readonly ReadMetric[] = [
  {
    name: 'nunchi_overload_state',
    help: '1 for what the product leaves undone now to keep up, 0 for everything else; normal is nothing.',
    labelNames: ['state'],
    samples: ({ overload }) =>
      overloadStates.map((state) => ({ labels: { state }, value: Number(state === overload.state) })),
  },
  ofChannels(
    'nunchi_alert_waiting_messages',
    'Messages that wait for their channel.',
    ({ waiting }) => waiting,
  ),
  single('nunchi_clip_stored_bytes', 'All clips that are stored.', ({ clips }) => clips.bytes),
  single('nunchi_event_stream_clients', 'Clients of the event stream.', ({ streams }) => streams.clients),
];

/** Counted by others, who may start over. */
export const outputTotals: readonly ReadMetric[] = [
  {
    name: 'nunchi_alert_messages_total',
    help: 'Messages by what became of them; dropped: they gave way to newer ones, and are not among the failed.',
    labelNames: ['channel', 'outcome'],
    samples: ({ channels }) =>
      channels.flatMap(({ name, sent, failed, dropped }) =>
        Object.entries({ sent, failed: failed - dropped, dropped }).map(([outcome, value]) => ({
          labels: { channel: name, outcome },
          value,
        })),
      ),
  },
  ofChannels('nunchi_alert_retries_total', 'Attempts after the first one.', ({ retried }) => retried),
  {
    name: 'nunchi_alert_held_back_total',
    help: 'Alerts that were not for a channel at that time, by the reason.',
    labelNames: ['channel', 'reason'],
    samples: ({ channels }) =>
      channels.flatMap(({ name, heldBack }) =>
        Object.entries(heldBack).map(([reason, value]) => ({ labels: { channel: name, reason }, value })),
      ),
  },
  {
    name: 'nunchi_clips_total',
    help: 'Clips by what became of them; refused: all the space is taken by what is kept.',
    labelNames: ['outcome'],
    samples: ({ clips: { saved, failed, refused } }) =>
      Object.entries({ saved, failed, refused }).map(([outcome, value]) => ({ labels: { outcome }, value })),
  },
  {
    name: 'nunchi_clips_removed_total',
    help: 'Clips that were removed, by the reason.',
    labelNames: ['reason'],
    samples: ({ clips: { removed } }) =>
      Object.entries(removed).map(([reason, value]) => ({ labels: { reason }, value })),
  },
  single(
    'nunchi_event_stream_sent_events_total',
    'Event states sent to clients of the event stream.',
    ({ streams }) => streams.eventsSent,
  ),
  single(
    'nunchi_event_stream_refused_clients_total',
    'Clients of the event stream that were refused: too many of them.',
    ({ streams }) => streams.refused,
  ),
  single(
    'nunchi_store_refused_reads_total',
    'Reads that were refused because too many waited.',
    ({ store }) => store && store.readsRefused,
  ),
  single(
    'nunchi_store_cut_off_reads_total',
    'Reads that were given up at their deadline.',
    ({ store }) => store && store.readsCutOff,
  ),
];

function ofChannels(name: string, help: string, read: (channel: ChannelReading) => number): ReadMetric {
  return {
    name,
    help,
    labelNames: ['channel'],
    samples: ({ channels }: Reading) =>
      channels.map((channel) => ({ labels: { channel: channel.name }, value: read(channel) })),
  };
}
