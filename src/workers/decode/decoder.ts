/**
 * What a camera session needs of a video library, and no more. FFmpeg stays behind this interface, so that another
 * build of it, in another process if its licence asks for that, can take the place of the one linked in.
 *
 * A decoder in this process blocks, as a camera has its thread to itself; one in another process answers by promises.
 */
import type { Place } from '../../event.js';
import type { StreamInfo, StreamSource } from '../../protocol/camera.js';
import type { RgbPicture } from '../../verification/montage.js';

/** One compressed picture. Owned by whoever receives it, who frees it once. */
export interface EncodedPacket {
  readonly bytes: number;
  readonly key: boolean;
  /** Stream time in microseconds, in decoding order: it never goes back. */
  readonly ptsUs: number;
  /** When its picture is shown: stream time in microseconds; null where the stream does not tell. */
  readonly shownUs: number | null;
  /** Its bytes, to be read before it is freed. */
  data(): Uint8Array;
  free(): void;
}

/** A file of a stream's packets as they are, nothing decoded or encoded again. */
export interface ClipWriter {
  /**
   * Appends a packet, which stays its owner's; the first one is a keyframe. False when the stream's parameters have
   * changed and the file cannot go on. Throws `clip.write_failed`.
   */
  write(packet: EncodedPacket): boolean;
  /** Completes the file, which is not synced yet. Throws `clip.write_failed`. The writer cannot be used again. */
  finish(): void | Promise<void>;
  /** Lets go of everything without completing the file; safe to call twice, and after `finish`. */
  discard(): void;
}

/** One decoded picture. */
export interface DecodedFrame {
  /** Stream time in microseconds, above that of every frame before it. */
  readonly ptsUs: number;
  readonly width: number;
  readonly height: number;
  /** Squeezes the picture into `pixels`, uint8 [height, width] gray, which it fills whole. */
  toGray(pixels: ArrayBuffer, width: number, height: number): void;
  toJpeg(request: JpegRequest): JpegPicture;
  /** At most `maxWidth` pixels wide, and a little less where the width is no multiple of 16; never enlarged. */
  toRgb(maxWidth: number): RgbPicture;
  /** A copy at most `maxWidth` pixels wide, for the caller to free before the decoder closes. */
  shrunk(maxWidth: number): DecodedFrame;
  /** A second reference to the same picture, for the caller to free before the decoder closes. */
  keep(): DecodedFrame;
  free(): void;
}

export interface JpegRequest {
  /** Pixels at most; the picture is never enlarged and keeps its aspect ratio. */
  width: number;
  /** 1 (worst) to 100. */
  quality: number;
  /** Left free in front of the JPEG, for a header. */
  prefixBytes: number;
  /** What to draw over the picture. */
  marked?: Place | undefined;
}

export interface JpegPicture {
  /** Owns its memory whole, so that it can be transferred. */
  buffer: ArrayBuffer;
  width: number;
  height: number;
}

export type StreamStep =
  | { type: 'packet'; packet: EncodedPacket }
  /** The frame belongs to the decoder until the next step; `keep` it to hold on to it. */
  | { type: 'frame'; frame: DecodedFrame }
  /** A packet was unreadable and has been skipped. */
  | { type: 'corrupt' }
  /** No packet yet: silence on the network for {@link READ_TIMEOUT_MS}, or a packet of another stream. */
  | { type: 'nothing' }
  | { type: 'end' };

/** How long reading from the network blocks the thread, and with it the control calls, at most. */
export const READ_TIMEOUT_MS = 2500;

/** Width and height above which a picture is rejected. */
export const MAX_PICTURE_SIDE = 8192;

export interface Decoder {
  /**
   * Opens the stream's container and its first video stream. Throws `camera.open_failed`, `camera.unauthorized` or
   * `camera.frame_rejected`, for a decoder in another process also `camera.decoder_missing`, and holds nothing then.
   */
  open(source: StreamSource): StreamInfo | Promise<StreamInfo>;
  /** The next thing that happens. Throws `camera.stream_ended` or `camera.frame_rejected`. */
  next(): StreamStep | Promise<StreamStep>;
  /**
   * Begins a file of the open stream's packets: MP4, with the index in front once it is complete. It outlives
   * `rewind`, not `close`. Throws `clip.unsupported` for a codec that browsers do not know, or `clip.write_failed`.
   */
  writeClip(file: string): ClipWriter;
  /** Goes back to the start of a file; stream time goes on. Throws `camera.open_failed`. */
  rewind(): void | Promise<void>;
  /** The session ends: whatever waits in `open` or `next` is to answer at once, if it can. `close` follows. */
  interrupt(): void;
  /** Frees everything; safe to call twice. */
  close(): void | Promise<void>;
}
