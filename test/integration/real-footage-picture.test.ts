import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { framesOf } from '../../src/eval/clip-frames.js';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import { PictureMonitor, type PictureReport } from '../../src/picture/monitor.js';
import { FrameSampler } from '../../src/workers/stream/frame-sampler.js';

const FPS = 5;
const footage = packagePath('../shared/data');
const wanted = process.env['NUNCHI_REAL_FOOTAGE'] === '1' && existsSync(footage);

function watch(file: string): PictureReport[] {
  const monitor = new PictureMonitor(FPS);
  const sampler = new FrameSampler(FPS);
  const pixels = new ArrayBuffer(VAD_FRAME.bytes);
  const reports: PictureReport[] = [];
  for (const { atUs, picture } of framesOf(file)) {
    if (!sampler.take(atUs)) continue;
    picture.toGray(pixels, VAD_FRAME.width, VAD_FRAME.height);
    reports.push(monitor.observe(new Uint8Array(pixels), atUs));
  }
  return reports;
}

describe.skipIf(!wanted)(
  'real footage without a disturbance (needs NUNCHI_REAL_FOOTAGE=1 and the clips beside the checkout)',
  () => {
    it.each(['ped2', 'clips'])(
      'in %s keeps the gate open on 99 of 100 frames, and the health good',
      (folder) => {
        const files = readdirSync(path.join(footage, folder)).filter((file) => file.endsWith('.mp4'));
        expect(files.length).toBeGreaterThan(0);
        for (const file of files) {
          const reports = watch(path.join(footage, folder, file));
          const closed = reports.filter(({ disturbance }) => disturbance !== null);
          expect(reports.length, file).toBeGreaterThan(50);
          expect(closed.length, file).toBeLessThanOrEqual(0.01 * reports.length);
          expect(new Set(reports.map(({ health }) => health)), file).toEqual(new Set(['good']));
        }
      },
      100_000,
    );
  },
);
