/** The camera worker: reads, decodes and samples one stream at a time. */
import { systemClock } from '../clock.js';
import { openPort } from '../port.js';
import { cameraMessageTransfers, type CameraMessage, type MainToCameraMessage } from '../protocol/camera.js';
import { PictureMonitor } from '../picture/monitor.js';
import { hostData, serveControl } from '../worker-host.js';
import type { DecodeSettings } from '../camera/decode-config.js';
import { createCameraApi } from './stream/camera-api.js';
import { newDecoder } from './decode/decoder-backend.js';
import { GpuLink } from './stream/gpu-link.js';
import { StreamSession } from './stream/stream-session.js';
import { VadOutput } from './stream/vad-output.js';

const host = hostData<{
  /** Frames per second of stream time. */
  vadFps: number;
  /** Frames that the GPU worker may hold of this camera at once. */
  vadBuffers: number;
  decode: DecodeSettings;
}>();

// It outlives a session: frames that the GPU worker still holds come back to the next one.
const gpu = new GpuLink(host.vadBuffers);
const main = openPort<MainToCameraMessage, CameraMessage>(host.events, cameraMessageTransfers, (message) => {
  gpu.attach(message.port);
});

serveControl(
  createCameraApi(
    async (source, vadFps) =>
      new StreamSession({
        source,
        decoder: await newDecoder(host.decode, systemClock),
        vadFps,
        vad: new VadOutput(gpu, new PictureMonitor(host.vadFps), (message) => {
          main.send(message);
        }),
        send: (message) => {
          main.send(message);
        },
        clock: systemClock,
      }),
    host.vadFps,
    () => {
      gpu.close();
    },
  ),
);
