/** What becomes of events: stored, marked, shown and told. */
import type { Calibrations } from '../actors/calibration/calibrations.js';
import type { Camera } from '../actors/cameras/camera.js';
import { Clips } from '../actors/events/clips.js';
import { eventIds } from '../actors/events/event-ids.js';
import { EventMarks } from '../actors/events/event-marks.js';
import type { Fleet } from '../actors/cameras/fleet.js';
import { ManualEvents } from '../actors/events/manual-events.js';
import type { Recorded, RecorderOptions } from '../actors/events/recorder.js';
import { Snapshots } from '../actors/events/snapshots.js';
import type { Writer } from '../actors/events/writer.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import type { AnomalyEvent, Place } from '../event.js';
import type { EventEnvelope } from '../event-envelope.js';
import { envelope } from '../event-envelope.js';
import { EventFeed } from '../http/events/event-feed.js';
import { EventStreams } from '../http/events/event-streams.js';
import type { LogSubject } from '../log.js';
import type { EventFilters } from '../store-api.js';
import { S_PER_DAY } from '../units.js';

/** Pixels, wide enough to recognise what happened. */
const SNAPSHOT_WIDTH = 1_280;
/** The frame of a peak is kept for about a second. */
const SNAPSHOT_DEADLINE_MS = 1_500;

export interface ProductEventsOptions {
  config: Pick<Config, 'data_dir' | 'clips' | 'store'>;
  /** The configuration as it is now. */
  current: () => Pick<Config, 'clips'>;
  clock: Clock;
  writer: Writer;
  calibrations: Calibrations;
  fleet: () => Pick<Fleet, 'get' | 'require'>;
  /** Hears of each state once it is durable, in order. */
  onStored: (change: EventEnvelope) => void;
  /** Hears of each event that people are to be told of. */
  onAnnounced: (event: AnomalyEvent) => void;
  /** Hears of each event that no other state follows. */
  onFinal: (event: AnomalyEvent) => void;
  onFailure: (what: string, error: AppError, about?: LogSubject) => void;
}

export type ProductEvents = ReturnType<typeof productEvents>;

export function productEvents(options: ProductEventsOptions) {
  const { config, clock, writer, calibrations, fleet, onFailure } = options;
  const idsOf = (filters: EventFilters) => eventIds((query) => writer.query(query), filters);
  const snapshots = new Snapshots(config.data_dir);
  const feed = new EventFeed({
    changesAfter: (seq, limit) => writer.changesAfter(seq, limit),
    lastSeq: async () => (await writer.stats()).lastSeq,
  });
  const marks = new EventMarks({
    load: (id) => writer.event(id),
    // Every state goes through here, so that the order told is the order stored.
    async store(event, before) {
      feed.publish(await writer.append(event), event, before);
      options.onStored(envelope(before, event));
    },
    calibrations,
  });
  const clips = new Clips({
    dataDir: config.data_dir,
    settings: () => options.current().clips,
    clock,
    keptIds: () => idsOf({ kept: true }),
    idsWithClip: () => idsOf({ hasClip: true }),
    onRemoved: (id) => marks.clipRemoved(id),
    onFailure: (error, about) => {
      onFailure(about === null ? 'clips' : 'no clip of an event', error, about ?? {});
    },
  });
  const manual = new ManualEvents({
    clock,
    cameraOf(id) {
      const member = fleet().get(id);
      return member && { name: member.camera.settings.name, threshold: member.detector.options.threshold };
    },
    savePicture: (id, eventId) => saveSnapshot(fleet().require(id).camera, eventId, null, undefined),
    failure: () => writer.failure,
    store: (event) => marks.append(event, true),
    onDurable: (event) => {
      durable(event, { announce: true, final: true });
    },
    recordClip(id, eventId) {
      const { camera } = fleet().require(id);
      const clip = clips.begin(camera, eventId, null);
      if (clip !== null) clips.end(camera, eventId, null);
      return clip;
    },
    onClip: (eventId, clip) => marks.clipSaved(eventId, clip),
    onFailure: (error) => {
      onFailure('no clip of a manual event', error);
    },
  });

  /** `ptsUs` null: the newest picture. */
  async function saveSnapshot(
    camera: Camera,
    eventId: string,
    ptsUs: number | null,
    place: Place | undefined,
  ): Promise<boolean> {
    const take = (marked?: Place) => camera.snapshot(ptsUs, SNAPSHOT_WIDTH, SNAPSHOT_DEADLINE_MS, marked);
    try {
      // Both at once: the frame is not held for long.
      const [plain, overlay] = await Promise.all([take(), place === undefined ? null : take(place)]);
      await snapshots.save(eventId, plain, overlay);
      return true;
    } catch (thrown) {
      onFailure('no picture of an event', AppError.from(thrown), { event: eventId, camera: camera.id });
      return false;
    }
  }

  function durable(event: AnomalyEvent, { announce, final }: Recorded): void {
    if (announce) options.onAnnounced(event);
    if (final) options.onFinal(event);
  }

  return {
    snapshots,
    clips,
    marks,
    manual,
    streams: new EventStreams({ feed, clock }),
    /** How a camera's recorder keeps what it sees. */
    recording: (camera: Camera) =>
      ({
        saveSnapshot: (eventId, ptsUs, place) => saveSnapshot(camera, eventId, ptsUs, place),
        beginClip: (eventId, startUs) => clips.begin(camera, eventId, startUs),
        endClip: (eventId, lastUs) => {
          clips.end(camera, eventId, lastUs);
        },
        append: (event, isLast) => marks.append(event, isLast),
        onDurable: durable,
      }) satisfies Partial<RecorderOptions>,
    /** Removes pictures and clips that are too old, or too many. */
    async prune(): Promise<void> {
      const beforeTime = clock.wallTime() - config.store.retention_days * S_PER_DAY;
      await snapshots.prune(beforeTime, await idsOf({ kept: true }));
      await clips.prune();
    },
  };
}
