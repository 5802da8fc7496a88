import { AV_LOG_QUIET, AV_HWDEVICE_TYPE_CUDA, AV_HWDEVICE_TYPE_VAAPI } from 'node-av/constants';
import { FFmpegError, Frame, HardwareDeviceContext, Log } from 'node-av/lib';
import type { HardwareDecoding } from '../../camera/decode-config.js';
import { mustSucceed } from './av-error.js';
import { hardwareWarning } from './hardware-warning.js';

const deviceTypes = { cuda: AV_HWDEVICE_TYPE_CUDA, vaapi: AV_HWDEVICE_TYPE_VAAPI };

/** A graphics unit that decodes, and the memory that its pictures are brought back to. */
export interface AvHardware {
  device: HardwareDeviceContext;
  /** The picture where the CPU reaches it; the frame itself when it is there already. */
  inMemory(frame: Frame): Frame;
  free(): void;
}

/** Null with a warning when there is none; null without one when none is asked for. */
export function openHardware(hardware: HardwareDecoding): { hardware: AvHardware | null; warning?: string } {
  if (hardware === 'none') return { hardware: null };
  // FFmpeg would write to stderr why not; it comes back as a status.
  Log.setLevel(AV_LOG_QUIET);
  const device = new HardwareDeviceContext();
  const status = device.create(deviceTypes[hardware], null, null);
  if (status < 0) {
    return { hardware: null, warning: hardwareWarning(hardware, FFmpegError.strerror(status)) };
  }
  const picture = new Frame();
  picture.alloc();
  return {
    hardware: {
      device,
      inMemory: (frame) => (frame.hwFramesCtx === null ? frame : bringBack(frame, picture)),
      free() {
        picture.free();
        device.free();
      },
    },
  };
}

function bringBack(frame: Frame, picture: Frame): Frame {
  picture.unref();
  mustSucceed(frame.hwframeTransferDataSync(picture), 'bring a picture back from the graphics unit');
  mustSucceed(picture.copyProps(frame), 'copy what is known of a picture');
  return picture;
}
