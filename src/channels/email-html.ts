import type { MessageText } from './message-text.js';

/** Of the snapshot within its message. */
export const SNAPSHOT_CID = 'snapshot@nunchi';

/** The message as simple HTML; whatever cameras and models say in it is text. */
export function emailHtml({ title, lines, link }: MessageText, hasSnapshot: boolean): string {
  return [
    '<!doctype html><html><body style="font-family:sans-serif">',
    `<h2>${escaped(title)}</h2>`,
    ...lines.map((line) => `<p>${escaped(line)}</p>`),
    hasSnapshot ? `<p><img src="cid:${SNAPSHOT_CID}" alt="snapshot" style="max-width:100%"></p>` : '',
    link === null ? '' : `<p><a href="${escaped(link)}">${escaped(link)}</a></p>`,
    '</body></html>',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
