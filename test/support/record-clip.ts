/** A clip as a camera's thread records it, of a file that is read as fast as it goes. */
import type { RecordedClip } from '../../src/protocol/camera.js';
import { US_PER_S } from '../../src/units.js';
import { AvDecoder } from '../../src/workers/decode/av-decoder.js';
import { ClipRecordings } from '../../src/workers/stream/clip-recording.js';
import type { EncodedPacket } from '../../src/workers/decode/decoder.js';
import { PacketRing } from '../../src/workers/stream/packet-ring.js';

/** A looped stream, and the clips that are made of it. */
export class RecordedStream {
  readonly recordings: ClipRecordings;
  readonly decoder = new AvDecoder();
  readonly ring = new PacketRing<EncodedPacket>((packet) => {
    packet.free();
  });

  constructor(source: string) {
    const { codec } = this.decoder.open({ url: source, transport: 'tcp', loop: true });
    this.recordings = new ClipRecordings({ codec, write: (file) => this.decoder.writeClip(file) });
  }

  take(packet: EncodedPacket): void {
    this.recordings.offer(packet);
    this.ring.offer(packet);
  }

  /** Reads up to a moment of the stream, over the ends of the file. */
  playTo(seconds: number): void {
    for (let newestUs = 0; newestUs < seconds * US_PER_S;) {
      const step = this.decoder.next();
      if (step.type === 'end') this.decoder.rewind();
      if (step.type !== 'packet') continue;
      newestUs = step.packet.ptsUs;
      this.take(step.packet);
    }
  }

  async close(): Promise<void> {
    await this.recordings.close();
    this.ring.clear();
    this.decoder.close();
  }
}

/** Records the first seconds of `source` into `file`. */
export async function recordClip(source: string, file: string, seconds: number): Promise<RecordedClip> {
  const stream = new RecordedStream(source);
  stream.playTo(0.2);
  const clip = stream.recordings.begin(
    { id: 'event', file, startUs: 0, preS: 0, maxS: seconds },
    stream.ring.packets(),
  );
  stream.playTo(seconds + 1);
  await stream.close();
  return clip;
}
