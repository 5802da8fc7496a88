import { expect, it } from 'vitest';
import { latencyBetween, samplesOf, sumOf } from './metrics-text.js';

const text = (within10: number, within100: number, all: number) => `
# TYPE nunchi_e2e_duration_seconds histogram
nunchi_e2e_duration_seconds_bucket{le="0.01"} ${within10}
nunchi_e2e_duration_seconds_bucket{le="0.1"} ${within100}
nunchi_e2e_duration_seconds_bucket{le="+Inf"} ${all}
nunchi_camera_scored_frames_total{camera="a"} 3
nunchi_camera_scored_frames_total{camera="b"} 4
nunchi_camera_scored_frames_total_of_others 100
process_cpu_seconds_total 1.5
`;

it('adds a metric up over its labels, and takes none for zero', () => {
  expect(sumOf('nunchi_camera_scored_frames_total', text(0, 0, 0))).toBe(7);
  expect(samplesOf('nunchi_camera_scored_frames_total', text(0, 0, 0))).toEqual([3, 4]);
  expect(sumOf('process_cpu_seconds_total', text(0, 0, 0))).toBe(1.5);
  expect(sumOf('nothing', text(0, 0, 0))).toBe(0);
});

it('tells the shares of the frames in between only, of all of them', () => {
  expect(latencyBetween(text(10, 10, 10), text(15, 19, 20))).toEqual([
    { ms: 10, share: 0.5 },
    { ms: 100, share: 0.9 },
  ]);
  expect(latencyBetween(text(1, 1, 1), text(1, 1, 1)).map(({ share }) => share)).toEqual([0, 0]);
});
