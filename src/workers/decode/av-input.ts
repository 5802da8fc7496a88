/** Opens a stream's container with FFmpeg, allowing only the protocols and formats the product is meant to read. */
import { AV_LOG_QUIET, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { Dictionary, FormatContext, Log, type Stream } from 'node-av/lib';
import { isNetworkUrl } from '../../camera/camera-url.js';
import { AppError } from '../../errors.js';
import type { StreamSource } from '../../protocol/camera.js';
import { redactUrl } from '../../redact.js';
import { openError } from './av-error.js';
import { MAX_PICTURE_SIDE, READ_TIMEOUT_MS } from './decoder.js';
import {
  FILE_FORMATS,
  MAX_PICTURE_PIXELS,
  pictureRejected,
  PROBE_US,
  RTSP_PROTOCOLS,
} from './input-limits.js';

export interface AvInput {
  context: FormatContext;
  stream: Stream;
}

/**
 * The caller closes the context. Throws `camera.open_failed`, `camera.unauthorized` or `camera.frame_rejected`, with
 * the URL's credentials hidden.
 */
export function openInput(source: StreamSource): AvInput {
  // FFmpeg writes to stderr on its own, with addresses in it; what matters comes back as a status.
  Log.setLevel(AV_LOG_QUIET);
  const shownUrl = redactUrl(source.url);
  const context = new FormatContext();
  const options = Dictionary.fromObject(inputOptions(source));
  const opened = context.openInputSync(source.url, null, options);
  options.free();
  if (opened < 0) throw openError(shownUrl, opened);
  try {
    return { context, stream: findVideo(context, shownUrl) };
  } catch (error) {
    context.closeInputSync();
    throw error;
  }
}

function inputOptions(source: StreamSource): Record<string, string | number> {
  if (!isNetworkUrl(source.url))
    return { protocol_whitelist: 'file', format_whitelist: FILE_FORMATS.join(',') };
  return {
    protocol_whitelist: RTSP_PROTOCOLS.join(','),
    rtsp_transport: source.transport,
    timeout: READ_TIMEOUT_MS * 1000,
    analyzeduration: PROBE_US,
    // Sound would keep a stream looking alive whose picture has stopped.
    allowed_media_types: 'video',
  };
}

function findVideo(context: FormatContext, shownUrl: string): Stream {
  const limits = Dictionary.fromObject({ max_pixels: MAX_PICTURE_PIXELS });
  const probed = context.findStreamInfoSync(limits);
  limits.free();
  if (probed < 0) throw openError(shownUrl, probed);
  const index = context.findBestStream(AVMEDIA_TYPE_VIDEO);
  if (index < 0) throw new AppError('camera.open_failed', `${shownUrl} has no video stream`);
  const stream = context.streams[index];
  if (stream === undefined) throw new AppError('bug', `FFmpeg found stream ${index}, which is not there`);
  const { width, height } = stream.codecpar;
  if (width > MAX_PICTURE_SIDE || height > MAX_PICTURE_SIDE) throw pictureRejected(width, height);
  if (width <= 0 || height <= 0) {
    throw new AppError('camera.open_failed', `${shownUrl} shows no picture that can be decoded`);
  }
  return stream;
}
