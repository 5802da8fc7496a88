import { fillText, type PlaceholderValues } from '../alerting/alert-template.js';
import type { AlertMessage } from '../alerting/channel.js';
import type { Alert, AlertedEvent } from '../event.js';
import { worstEvent } from '../alerting/narrow-alert.js';
import { MS_PER_S } from '../units.js';

/** An alert as people read it; plain text, none of it to be trusted as markup. */
export interface MessageText {
  /** One line, 200 characters at most. */
  title: string;
  /** The rest of it; never empty. */
  lines: readonly string[];
  /** Where people look further, if the channel knows. */
  link: string | null;
}

const MAX_TITLE = 200;
const MAX_LINE = 1_000;
/** Cameras and labels that a digest names; more are summed up. */
const MAX_ROWS = 20;

export function messageText(message: AlertMessage, link: string | undefined): MessageText {
  const { alert, heldBack } = message;
  const rest =
    heldBack === 0 ? [] : [`${quantity(heldBack, 'more alert')} kept back since the last message.`];
  const lines = [...body(alert), ...rest]
    .map((line) => oneLine(line, MAX_LINE))
    .filter((line) => line !== '');
  const text = { title: oneLine(titleOf(alert), MAX_TITLE), lines };
  if (link === undefined) return { ...text, link: null };
  const values = placeholderValues(message, { ...text, link: null });
  return { ...text, link: fillText(link, values, encodeURIComponent) };
}

/** What a template may say of an alert. */
export function placeholderValues(
  { id, alert, heldBack }: AlertMessage,
  text: MessageText,
): PlaceholderValues {
  const worst = worstEvent(alert.events);
  return {
    id,
    kind: alert.kind,
    severity: alert.severity,
    title: text.title,
    text: text.lines.join('\n'),
    time: alert.time,
    time_iso: isoTime(alert.time),
    count: alert.count,
    held_back: heldBack,
    link: text.link ?? '',
    event_id: worst?.id ?? '',
    camera: worst?.camera ?? '',
    camera_name: worst?.camera_name ?? '',
    label: worst?.label ?? '',
    summary: worst?.summary ?? '',
    verdict: worst?.verdict ?? '',
    top_score: worst?.top_score ?? 0,
  };
}

/** ISO 8601 in UTC, of Unix seconds. */
export function isoTime(seconds: number): string {
  return new Date(seconds * MS_PER_S).toISOString();
}

/** Without what would end a line or steer a terminal, and no longer than that. */
function oneLine(text: string, length: number): string {
  // Control and format characters, and the two line ends of Unicode.
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return clean.length <= length ? clean : `${clean.slice(0, length - 1).trimEnd()}…`;
}

function titleOf(alert: Alert): string {
  const worst = worstEvent(alert.events);
  if (alert.kind === 'test') return 'Test message of Nunchi';
  if (alert.kind === 'notice' || worst === undefined) return 'About the alerts of Nunchi';
  if (alert.kind === 'immediate') return `${capital(alert.severity)}: ${nameOf(worst)}`;
  return `${quantity(alert.count, 'event')}, ${alert.severity} at most`;
}

function body(alert: Alert): string[] {
  const worst = worstEvent(alert.events);
  if (worst === undefined || alert.text !== null) return [alert.text ?? 'Nothing more is known.'];
  return alert.kind === 'digest' ? [...countLines(alert), '', ...describe(worst)] : describe(worst);
}

function describe(event: AlertedEvent): string[] {
  const zones = event.zones.length === 0 ? '' : `, in ${event.zones.join(', ')}`;
  return [
    event.summary,
    `${nameOf(event)}${zones}; ${isoTime(event.start_time)}`,
    `Anomaly score ${event.top_score.toFixed(2)}, ${event.verdict}`,
  ];
}

function countLines({ counts, events }: Alert): string[] {
  const names = new Map(events.map((event) => [event.camera, event.camera_name]));
  const shown = counts.slice(0, MAX_ROWS);
  const others = counts.slice(MAX_ROWS).reduce((sum, { count }) => sum + count, 0);
  return [
    ...shown.map(({ camera, label, count }) => `${count} × ${label}, ${names.get(camera) ?? camera}`),
    ...(others === 0 ? [] : [`${others} elsewhere`]),
  ];
}

function nameOf({ label, camera_name: camera }: AlertedEvent): string {
  return `${label}, ${camera}`;
}

function quantity(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
