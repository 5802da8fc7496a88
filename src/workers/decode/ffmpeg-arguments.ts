/** How the `ffmpeg` child of a camera is called. */
import { isNetworkUrl } from '../../camera/camera-url.js';
import { AppError } from '../../errors.js';
import type { HardwareDecoding } from '../../camera/decode-config.js';
import type { StreamSource } from '../../protocol/camera.js';
import { FILE_FORMATS, MAX_PICTURE_PIXELS, PROBE_US, RTSP_PROTOCOLS } from './input-limits.js';

/** Descriptors of the child's pipes beside its standard error. */
export const pipes = { frames: 1, script: 3, packets: 4 } as const;

/** ffmpeg's own patience with a silent camera; longer than a session's, which says what happened. */
const SOCKET_TIMEOUT_US = 8_000_000;

/**
 * The arguments of a child that reads `source`, writes its pictures as YUV 4:2:0 to one pipe, its packets as an MPEG
 * transport stream to another, and tells of each picture on its standard error. They hold no credentials: every user
 * of the machine can read them. Needs ffmpeg 5.1 or newer.
 */
export function decodeArguments(source: StreamSource, hardware: HardwareDecoding): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+info'],
    ...(hardware === 'none' ? [] : ['-hwaccel', hardware]),
    ...['-threads', '1', '-max_pixels', String(MAX_PICTURE_PIXELS), '-noautorotate'],
    ...inputArguments(source),
    ...['-map', '0:v:0', '-vf', 'format=yuv420p,showinfo=checksum=0', '-fps_mode', 'passthrough'],
    // Pictures of another size than the first stay what they are; what is said of each tells their size.
    ...['-autoscale', '0', '-f', 'rawvideo', `pipe:${pipes.frames}`],
    // Over RTSP the first packet has no time, which a transport stream must tell.
    ...['-map', '0:v:0', '-c', 'copy', '-bsf:v', String.raw`setts=pts=if(eq(PTS\,NOPTS)\,DTS\,PTS)`],
    ...[
      '-avoid_negative_ts',
      'disabled',
      '-muxdelay',
      '0',
      '-muxpreload',
      '0',
      '-flush_packets',
      '1',
      '-f',
      'mpegts',
      `pipe:${pipes.packets}`,
    ],
  ];
}

/**
 * What the child reads from its own pipe: a camera's address, in a list of one. ffmpeg takes an address with a password
 * from nowhere else that other users cannot see. Null for a file, which has none. Throws `camera.open_failed`.
 */
export function inputScript({ url, transport }: StreamSource): string | null {
  if (!isNetworkUrl(url)) return null;
  if (/[\r\n\0]/.test(url)) {
    throw new AppError('camera.open_failed', 'the URL of the camera has a line break in it; remove that');
  }
  return [
    'ffconcat version 1.0',
    `file '${url.replaceAll("'", String.raw`'\''`)}'`,
    `option rtsp_transport ${transport}`,
    `option timeout ${SOCKET_TIMEOUT_US}`,
    `option analyzeduration ${PROBE_US}`,
    'option allowed_media_types video',
    '',
  ].join('\n');
}

function inputArguments({ url }: StreamSource): string[] {
  if (!isNetworkUrl(url)) {
    return [
      ...['-protocol_whitelist', 'file', '-format_whitelist', FILE_FORMATS.join(',')],
      ...['-i', `file:${url}`],
    ];
  }
  return [
    ...['-protocol_whitelist', ['pipe', ...RTSP_PROTOCOLS].join(',')],
    ...['-f', 'concat', '-safe', '0', '-i', `pipe:${pipes.script}`],
  ];
}
