import type { Channel } from '../alerting/channel.js';
import type { NtfyConfig } from '../alerting/channel-config.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { Severity } from '../event.js';
import { messageText } from './message-text.js';
import type { OutboundHttp, OutboundRequest } from './outbound-http.js';
import { snapshotOf } from './snapshot.js';

/** Names of emoji, which the apps show in front of the title. */
const tags: Readonly<Record<Severity, string>> = {
  low: 'information_source',
  medium: 'warning',
  high: 'rotating_light',
  critical: 'sos',
};

interface Note {
  topic: string;
  title: string;
  message: string;
  priority: number;
  tags: string[];
  click?: string;
}

/** How a server says that it takes no attachment, or not this one. */
const attachmentRefusals = [400, 413, 507];

/** Publishes by ntfy's HTTP interface (docs.ntfy.sh/publish): as JSON, or with the snapshot as the attached file. */
export function ntfyChannel(config: NtfyConfig, http: OutboundHttp, clock: Clock): Channel {
  const authorization: Record<string, string> =
    config.token === undefined ? {} : { authorization: `Bearer ${config.token}` };

  return {
    async send(message, signal) {
      const { title, lines, link } = messageText(message, config.link);
      const { severity } = message.alert;
      const note: Note = {
        topic: config.topic,
        title,
        message: lines.join('\n'),
        priority: config.priorities[severity],
        tags: [tags[severity]],
        ...(link === null ? {} : { click: link }),
      };
      const jpeg = config.send_snapshot ? await snapshotOf(message, clock) : null;
      if (jpeg !== null && (await attached(note, jpeg, signal))) return;
      await http.deliver(asJson(note), signal);
    },
    close: () => http.close(),
  };

  /** False when the server does not want the picture: the words must go without. */
  async function attached(note: Note, jpeg: Uint8Array, signal: AbortSignal): Promise<boolean> {
    try {
      await http.deliver(asFile(note, jpeg), signal);
      return true;
    } catch (thrown) {
      const status = thrown instanceof AppError ? thrown.data['status'] : undefined;
      if (typeof status === 'number' && attachmentRefusals.includes(status)) return false;
      throw thrown;
    }
  }

  function asJson(note: Note): OutboundRequest {
    const headers = { ...authorization, 'content-type': 'application/json' };
    return { method: 'POST', url: new URL(config.url), headers, body: JSON.stringify(note) };
  }

  function asFile(note: Note, jpeg: Uint8Array): OutboundRequest {
    const url = new URL(config.url);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${note.topic}`;
    const headers = {
      ...authorization,
      'x-title': headerWord(note.title),
      'x-message': headerWord(note.message),
      'x-priority': String(note.priority),
      'x-tags': note.tags.join(','),
      'x-filename': 'snapshot.jpg',
      ...(note.click === undefined ? {} : { 'x-click': headerWord(note.click) }),
    };
    return { method: 'PUT', url, headers, body: jpeg };
  }
}

/** Any text in a header, as one word of RFC 2047: nothing in it can end the line. */
function headerWord(text: string): string {
  return `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
