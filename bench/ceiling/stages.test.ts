import { expect, it } from 'vitest';
import { stagesOf } from './stages.js';

const names = new Map([
  ['1', 'main'],
  ['2', 'v8'],
  ['3', 'camera.worker.js'],
  ['4', 'camera.worker.js'],
  ['5', 'gpu.worker.js'],
  ['6', 'worker.js'],
]);
const ms = (times: Record<string, number>) =>
  new Map(Object.entries(times).map(([id, each]) => [id, each * 1e6]));

it('shares the time of each kind of thread among cameras and seconds, and tells the busiest thread', () => {
  const from = ms({ 1: 100, 2: 10, 3: 1_000, 4: 1_000, 5: 0 });
  const to = ms({ 1: 140, 2: 10, 3: 1_300, 4: 1_100, 5: 1_600, 6: 20, 77: 8 });
  const stages = stagesOf(names, from, to, { cameras: 2, seconds: 2 });
  const stage = (id: string) => stages.find((each) => each.id === id);
  expect(stage('cameras')).toMatchObject({ threads: 2, cpu_ms_per_camera_second: 100 });
  expect(stage('cameras')?.busiest_thread_percent).toBeCloseTo(15);
  expect(stage('vad')).toMatchObject({ threads: 1, cpu_ms_per_camera_second: 400 });
  expect(stage('vad')?.busiest_thread_percent).toBeCloseTo(80);
  expect(stage('main')).toMatchObject({ threads: 1, cpu_ms_per_camera_second: 10 });
  expect(stage('v8')).toMatchObject({ threads: 0, cpu_ms_per_camera_second: 0, busiest_thread_percent: 0 });
});

it('counts a thread that began meanwhile from its start, and knows those of pools and libraries', () => {
  const stages = stagesOf(names, ms({ 1: 5 }), ms({ 6: 20, 77: 8 }), { cameras: 1, seconds: 1 });
  expect(stages.find(({ id }) => id === 'tasks')?.cpu_ms_per_camera_second).toBe(20);
  expect(stages.find(({ id }) => id === 'libraries')?.cpu_ms_per_camera_second).toBe(8);
  expect(stages.find(({ id }) => id === 'main')?.threads).toBe(0);
});
