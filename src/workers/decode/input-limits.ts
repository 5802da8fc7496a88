/** What a stream may be made of, whichever backend decodes it. */
import { MAX_PICTURE_SIDE } from './decoder.js';
import { AppError } from '../../errors.js';

/** FFmpeg refuses pictures of more pixels before it allocates them. */
export const MAX_PICTURE_PIXELS = MAX_PICTURE_SIDE * MAX_PICTURE_SIDE;

/**
 * Containers and bare streams only: a playlist (HLS, DASH, concat), whatever its name, could have the appliance read
 * other files or addresses.
 */
export const FILE_FORMATS: readonly string[] = [
  ...['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm', 'avi', 'flv'],
  ...['mpegts', 'mpeg', 'mpegvideo', 'm4v', 'h264', 'hevc', 'ivf'],
];
export const RTSP_PROTOCOLS: readonly string[] = ['rtp', 'udp', 'tcp', 'tls', 'rtsp', 'rtsps'];

/** How long to watch an RTSP stream for what its description left out. */
export const PROBE_US = 500_000;

export function pictureRejected(width: number, height: number): AppError {
  const limit = `${MAX_PICTURE_SIDE}x${MAX_PICTURE_SIDE}`;
  const message = `the stream's picture of ${width}x${height} is larger than ${limit}; set the camera to a smaller one`;
  return new AppError('camera.frame_rejected', message, { width, height });
}
