import { z } from 'zod';
import { cameraStates } from '../../actors/cameras/camera-state.js';
import { isOnWatch, scoreOf, type FleetMember } from '../../actors/cameras/fleet-member.js';
import type { MuteState } from '../../alerting/alert-desk.js';
import { certainties, type Certainty } from '../../calibration-state.js';
import { redactUrl } from '../../redact.js';
import { scheduleSchema } from '../../schedule.js';
import { vadModelNames } from '../../vad-model.js';

const polygonSchema = z.strictObject({
  points: z.array(z.tuple([z.number(), z.number()])).readonly(),
});

/** A camera as clients see it. */
export const cameraViewSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    state: z.enum(cameraStates),
    fps: z.number().describe('frames per second that reach anomaly detection'),
    score: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('newest anomaly score; null before the first, and while the picture cannot be scored'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('score from which a frame counts as anomalous; null until the camera is calibrated'),
    live: z
      .strictObject({ watchers: z.int(), width: z.int(), height: z.int(), fps: z.number() })
      .describe('how many watch, and the size and rate at which it is encoded for them'),
    health: z
      .string()
      .describe('why there is no stream, how far the camera has learned, or what its picture is worth'),
    last_error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    url: z.string().describe('without credentials'),
    transport: z.enum(['tcp', 'udp']),
    model: z.enum(vadModelNames),
    zones: z.record(z.string(), polygonSchema).describe('none: the whole picture is watched'),
    masks: z.array(polygonSchema).readonly(),
    schedule: z.array(scheduleSchema).readonly().describe('none: always'),
    paused: z.boolean(),
    watching: z
      .boolean()
      .describe('false while it is paused or outside of its hours: no anomaly is an event'),
    certainty: z.enum(certainties).nullable().describe('of its calibration; null until it has one'),
    muted: z.boolean().describe('no channel is told of it'),
    muted_until: z.number().nullable().describe('Unix seconds; null when nothing but a request ends it'),
    editable: z.boolean().describe('false for cameras of the command line and of the demo'),
    origin: z.string().describe('where it is set: `the configuration file`, `--camera`, `the built-in demo`'),
  })
  .meta({ id: 'Camera' });

export type CameraView = z.infer<typeof cameraViewSchema>;

/** What a view shows beside the camera itself. */
export interface ViewContext {
  /** Live clients of the camera. */
  watchers: number;
  /** Unix seconds. */
  wallTime: number;
  certainty: Certainty | null;
  mute: MuteState;
  editable: boolean;
  origin: string;
}

export function cameraView(member: FleetMember, context: ViewContext): CameraView {
  const { watchers, wallTime, certainty, mute, editable, origin } = context;
  const { camera, detector } = member;
  const { settings, connection, live, info } = camera;
  const width = Math.min(live?.width ?? settings.live.width, info?.width ?? Infinity);
  const height = info === null ? 0 : Math.round((width * info.height) / info.width / 2) * 2;
  const { lastError } = connection;
  return {
    id: camera.id,
    name: settings.name,
    state: connection.state,
    fps: settings.vad.fps,
    score: scoreOf(member),
    threshold: detector.calibration === null ? null : detector.options.threshold,
    live: { watchers, width, height, fps: live?.fps ?? settings.live.fps },
    health: healthOf(member),
    last_error: lastError && { code: lastError.code, message: lastError.message },
    url: redactUrl(settings.url),
    transport: settings.transport,
    model: settings.vad.model,
    zones: settings.zones,
    masks: settings.masks,
    schedule: settings.schedule,
    paused: connection.state === 'paused',
    watching: isOnWatch(member, wallTime),
    certainty,
    ...mute,
    editable,
    origin,
  };
}

/** What matters first: is there a stream, can it be judged, and is its picture fit for that. */
function healthOf({ camera, detector: { calibration, learning } }: FleetMember): string {
  const { state } = camera.connection;
  if (state !== 'streaming') return state;
  if (calibration !== null) return camera.health;
  return `learning ${Math.min(99, Math.floor((100 * learning.seconds) / learning.fitAtS))}%`;
}
