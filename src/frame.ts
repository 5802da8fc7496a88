/**
 * Layout and ownership of pixels.
 *
 * A frame owns its ArrayBuffer whole: it is moved between threads by transfer, never shared and never a view of a
 * pooled Buffer (Node 20 copies those in silence, Node 24 refuses them).
 */

/** Size of a VAD frame: uint8 [192, 192] gray, the whole picture squeezed to a square (aspect ratio not kept). */
export const VAD_FRAME = { width: 192, height: 192, bytes: 192 * 192 } as const;

/**
 * Header of a live frame on the WebSocket, little-endian, followed by a JPEG:
 * u16 magic, u8 version, u8 kind, u32 camera index, u32 sequence, f32 anomaly score (NaN until the first),
 * f64 capture time in Unix seconds.
 */
export const LIVE_HEADER = { bytes: 24, magic: 0x464e, version: 1, kindJpeg: 1 } as const;

export interface LiveHeader {
  cameraIndex: number;
  /** Counts the frames encoded for live view; wraps at 2^32. A gap is a frame skipped for this client. */
  sequence: number;
  /** In [0, 1], or NaN before the camera's first score. */
  anomalyScore: number;
  /** Capture time, Unix seconds. */
  wallTime: number;
}

/** Writes the header into the first 24 bytes, which the encoder left free for it. */
export function writeLiveHeader(frame: ArrayBuffer, header: LiveHeader): void {
  const view = new DataView(frame, 0, LIVE_HEADER.bytes);
  view.setUint16(0, LIVE_HEADER.magic, true);
  view.setUint8(2, LIVE_HEADER.version);
  view.setUint8(3, LIVE_HEADER.kindJpeg);
  view.setUint32(4, header.cameraIndex, true);
  view.setUint32(8, header.sequence, true);
  view.setFloat32(12, header.anomalyScore, true);
  view.setFloat64(16, header.wallTime, true);
}
