import { z } from 'zod';
import { AppError, type ErrorCode } from '../../errors.js';
import type { Alert, AnomalyEvent } from '../../event.js';
import { issueText } from '../../zod-issue.js';

const topics = ['events', 'alerts', 'stats'] as const;
export type Topic = (typeof topics)[number];

const LIST_MAX = 64;

/** A camera's id is text; clients may write a number. */
const cameraId = z.union([
  z.int().nonnegative().transform(String),
  z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
]);

const subjects = {
  camera_ids: z.array(cameraId).max(LIST_MAX).default([]),
  topics: z.array(z.enum(topics)).max(LIST_MAX).default([]),
};

const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('subscribe'),
    ...subjects,
    fps: z.number().min(0.2).max(10).optional(),
    /** Pixels; the height follows. */
    width: z.int().min(64).max(1280).optional(),
  }),
  z.object({ type: z.literal('unsubscribe'), ...subjects }),
  z.object({ type: z.literal('ping') }),
]);

export type ClientMessage = z.infer<typeof clientMessageSchema>;
export type SubscribeMessage = Extract<ClientMessage, { type: 'subscribe' }>;
export type UnsubscribeMessage = Extract<ClientMessage, { type: 'unsubscribe' }>;

export interface SubscribedCamera {
  camera_id: string;
  /** As in the header of the binary frames. */
  index: number;
  width: number;
  height: number;
  /** Frames per second for this client. */
  fps: number;
}

/** What the server says in text. Frames are binary: see `LIVE_HEADER` in frame.ts. */
export type ServerMessage =
  | { type: 'subscribed'; cameras: SubscribedCamera[]; topics: Topic[] }
  /** `reason` when the client did not ask for it. */
  | { type: 'unsubscribed'; camera_ids: string[]; topics: Topic[]; reason?: 'camera_removed' }
  | { type: 'pong' }
  | { type: 'error'; code: ErrorCode; message: string; camera_id?: string }
  | { type: 'event'; event: AnomalyEvent }
  | { type: 'alert'; alert: Alert }
  | { type: 'stats'; stats: Record<string, unknown> };

/** Throws `request.invalid` naming the field. */
export function parseClientMessage(text: string): ClientMessage {
  const parsed = clientMessageSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'message' : issue.path.join('.');
  const reason = issue === undefined ? 'is invalid' : issueText(issue);
  throw new AppError('request.invalid', `${field}: ${reason}`, { field });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('request.invalid', 'message: is not JSON', { field: 'message' }, error);
  }
}
