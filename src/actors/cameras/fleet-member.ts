import { isBlind } from '../../picture/health.js';
import type { HealthMessage } from '../../protocol/camera.js';
import type { VadReading } from '../../protocol/gpu.js';
import type { Detector } from '../../scoring/detector.js';
import type { EpisodeChange } from '../../scoring/episode.js';
import type { FaultEpisodes } from '../../scoring/picture-fault.js';
import { isWatched } from './camera-schedule.js';
import type { Camera } from './camera.js';
import type { Recorder } from '../events/recorder.js';
import type { Observation } from '../traces/traces.js';

/** Seconds in which a camera that was moved for good learns what is usual there. */
const NEW_VIEW_S = 60;

/** Everything main keeps of one camera. */
export interface FleetMember {
  /** Counts from 0 and is never given to another camera; names this one in live frames. */
  readonly index: number;
  readonly camera: Camera;
  /** A new one when what it learned is void. */
  detector: Detector;
  /** What is wrong with the picture itself. */
  readonly faults: FaultEpisodes;
  readonly recorder: Recorder;
  /** Its thread is being stopped on request: what it still sends begins nothing. */
  isStopping: boolean;
}

/** A camera's newest anomaly score in [0, 1]; null before the first, and while its picture cannot be scored. */
export function scoreOf({ camera, detector }: FleetMember): number | null {
  return isBlind(camera.health) ? null : (detector.latest?.anomalyScore ?? null);
}

/** Whether an anomaly seen at `wallTime`, Unix seconds, would be an event: the camera runs, and it is in its hours. */
export function isOnWatch({ camera }: FleetMember, wallTime: number): boolean {
  return camera.connection.state !== 'paused' && isWatched(camera.settings.schedule, wallTime);
}

/** Scores a reading, at `wallTime` in Unix seconds; outside of the camera's hours nothing begins or goes on. */
export function takeReading(member: FleetMember, reading: VadReading, wallTime: number): Observation {
  const { detector, recorder } = member;
  let change = detector.observe(reading);
  if (!isOnWatch(member, wallTime) && change?.type !== 'ended') change = detector.rest();
  if (change !== null) recorder.change(change);
  return observationOf(member, reading.ptsUs);
}

export function takeHealth({ detector, faults, recorder }: FleetMember, message: HealthMessage): void {
  if (message.viewChanged) detector.learnAnew(NEW_VIEW_S);
  for (const change of faults.observe(message)) recorder.change(change);
}

/** Ends what is open: the stream is over, or its frames mean something else from now on. */
export function endEpisodes(member: FleetMember, wallTime: number): Observation {
  const { detector, faults, recorder } = member;
  const changes: (EpisodeChange | null)[] = [detector.interrupt(), ...faults.interrupt(wallTime)];
  for (const change of changes) if (change !== null) recorder.change(change);
  return observationOf(member, null);
}

/** `ptsUs`: of the reading that was just taken; null without one. */
function observationOf({ camera, detector }: FleetMember, ptsUs: number | null): Observation {
  const { latest, phase, options } = detector;
  const score = latest !== null && latest.ptsUs === ptsUs ? latest : null;
  return { camera: camera.id, threshold: options.threshold, phase, score };
}
