import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anomalyKinds, demoCameras, type AnomalyKind } from './demo-cameras.js';
import type { ClipTruth } from './truth.js';

const ORDINARY_OPENING_S = 28;
const ORDINARY_ENDING_S = 10;
const clipFile = (name: string): URL => new URL(`./clips/${name}`, import.meta.url);

describe.each(demoCameras)('the clip of $id', ({ id, clip, seconds, anomalies }) => {
  const truth = JSON.parse(readFileSync(clipFile(`${id}.truth.json`), 'utf8')) as ClipTruth;

  it('exists', () => {
    expect(statSync(clipFile(clip)).size).toBeGreaterThan(100_000);
  });

  it('has the ground truth of the timetable', () => {
    expect(truth.frames).toBe(seconds * truth.fps);
    expect(truth.labels).toHaveLength(truth.frames);
    expect(
      truth.anomalies.map(({ kind, start_frame, end_frame }) => ({ kind, start_frame, end_frame })),
    ).toEqual(
      anomalies.map(({ kind, startS, endS }) => ({
        kind,
        start_frame: startS * truth.fps,
        end_frame: endS * truth.fps,
      })),
    );
  });

  it('labels exactly the frames inside anomalies', () => {
    const inside = truth.labels.map((_, frame) =>
      truth.anomalies.some(({ start_frame, end_frame }) => frame >= start_frame && frame < end_frame) ? 1 : 0,
    );
    expect(truth.labels).toEqual(inside);
  });

  it('is ordinary at its beginning and its end', () => {
    expect(truth.labels.slice(0, ORDINARY_OPENING_S * truth.fps)).not.toContain(1);
    expect(truth.labels.slice(-ORDINARY_ENDING_S * truth.fps)).not.toContain(1);
  });

  it('has a box inside the picture for most frames of each anomaly', () => {
    for (const { boxes, start_frame, end_frame } of truth.anomalies) {
      expect(boxes).toHaveLength(end_frame - start_frame);
      const seen = boxes.filter((box) => box !== null);
      expect(seen.length).toBeGreaterThan(0.7 * boxes.length);
      for (const [x, y, width, height] of seen) {
        expect(Math.min(x, y, 640 - x - width, 360 - y - height)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('the demo', () => {
  it('shows every kind of anomaly', () => {
    const kinds = new Set<AnomalyKind>(
      demoCameras.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind)),
    );
    expect(kinds).toEqual(new Set(anomalyKinds));
  });

  it('keeps its clips under 8 MB together', () => {
    const bytes = demoCameras.map(({ clip }) => statSync(clipFile(clip)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000);
  });
});
