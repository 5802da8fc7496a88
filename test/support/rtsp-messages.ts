/** The text side of RTSP (RFC 2326): requests in, replies and the stream's description out. */
import type { Socket } from 'node:net';
import type { CodedClip } from './coded-clip.js';

export interface RtspRequest {
  method: string;
  url: string;
  path: string;
  headers: Map<string, string>;
}

/** Splits off the complete requests; binary packets that the client sends in between (RTCP) are skipped. */
export function takeRequests(data: Buffer): { requests: RtspRequest[]; rest: Buffer<ArrayBuffer> } {
  const requests: RtspRequest[] = [];
  let rest = Buffer.from(data);
  for (;;) {
    if (rest[0] === 0x24) {
      if (rest.length < 4 || rest.length < 4 + rest.readUInt16BE(2)) return { requests, rest };
      rest = rest.subarray(4 + rest.readUInt16BE(2));
      continue;
    }
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { requests, rest };
    requests.push(parseRequest(rest.toString('latin1', 0, end)));
    rest = rest.subarray(end + 4);
  }
}

function parseRequest(text: string): RtspRequest {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', url = ''] = first.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const path = new URL(url).pathname.replace(/\/(trackID=0)?$/, '');
  return { method, url, path, headers };
}

/** What answers one request: status line, headers, body. */
export function replier(
  socket: Socket,
  request: RtspRequest,
): (status: string, headers?: Record<string, string>, body?: string) => void {
  return (status, headers = {}, body = '') => {
    const all = { CSeq: request.headers.get('cseq') ?? '0', 'Content-Length': `${body.length}`, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`RTSP/1.0 ${status}\r\n${lines.join('')}\r\n${body}`);
  };
}

export function describeHeaders(request: RtspRequest): Record<string, string> {
  return { 'Content-Type': 'application/sdp', 'Content-Base': `${request.url}/` };
}

export function sessionDescription(clip: CodedClip): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=test',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    `m=video 0 RTP/AVP 96`,
    ...formatOf(clip),
    'a=control:trackID=0',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** As RFC 6184, 8.2.1, and RFC 7798, 7.2.1, describe it. */
function formatOf({ codec, parameterSets }: CodedClip): string[] {
  const sets = parameterSets.map((set) => set.toString('base64'));
  if (codec === 'h264') {
    const profile = parameterSets[0]?.subarray(1, 4).toString('hex') ?? '';
    const parameters = `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets.join()}`;
    return ['a=rtpmap:96 H264/90000', `a=fmtp:96 ${parameters}`];
  }
  const [vps = '', sps = '', pps = ''] = sets;
  return ['a=rtpmap:96 H265/90000', `a=fmtp:96 sprop-vps=${vps};sprop-sps=${sps};sprop-pps=${pps}`];
}
