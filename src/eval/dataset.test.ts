import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { loadDataset } from './dataset.js';

const clip = { id: 'one', split: 'test', file: 'one.mp4', frames: 3, labels: [0, 1, 1] };

/** A folder with `one.mp4` and a `labels.json` of this content. */
function folderWith(content: unknown): string {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'nunchi-labels-')), 'set');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'one.mp4'), '');
  writeFileSync(
    path.join(folder, 'labels.json'),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  return folder;
}

const setOf = (...clips: unknown[]): object => ({ dataset: 'set', fps: 10, clips });

function problemOf(folder: string): string {
  try {
    loadDataset(folder);
  } catch (error) {
    if (error instanceof AppError && error.code === 'config.invalid') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a data set', () => {
  it('is read with its clips by split, in their order; keys that are not needed are left alone', () => {
    const clips = [
      { ...clip, id: 'b', split: 'train' },
      clip,
      { ...clip, id: 'a', split: 'train', note: 'windy' },
    ];
    const dataset = loadDataset(folderWith(setOf(...clips)));
    expect(dataset).toMatchObject({ name: 'set', fps: 10 });
    expect(dataset.train.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(dataset.test.map(({ id, labels }) => ({ id, labels }))).toEqual([
      { id: 'one', labels: [0, 1, 1] },
    ]);
  });

  it('has one camera unless it names several, and no kinds unless it names them', () => {
    const named = { ...clip, id: 'two', camera: 'yard', kind: 'smoke' };
    const { test } = loadDataset(folderWith(setOf(clip, { ...clip, id: 'three' }, named)));
    expect(test.map(({ kind }) => kind)).toEqual([null, null, 'smoke']);
    const [first, third, second] = test.map(({ camera }) => camera);
    expect(third).toBe(first);
    expect(second).toBe('yard');
  });

  it.each([
    [
      'a wrong number of labels',
      setOf({ ...clip, labels: [0, 1] }),
      /clip one: .*2 labels for 3 frames; give/,
    ],
    ['an unknown split', setOf({ ...clip, split: 'val' }), /clip one: split: write "train" or "test"/],
    ['a label of its own', setOf({ ...clip, labels: [0, 2, 1] }), /clip one: labels: 1: write 0/],
    ['a clip without a name', setOf({ ...clip, id: undefined }), /clip number 1: id/],
    [
      'a missing file',
      setOf({ ...clip, file: 'two.mp4' }),
      /clip one: there is no file two\.mp4; put it there/,
    ],
    ['a folder for a file', setOf({ ...clip, file: '../set/.' }), /clip one: .*(outside|regular)/],
    ['a file outside', setOf({ ...clip, file: '/dev/null' }), /clip one: \/dev\/null lies outside/],
    ['two clips of one name', setOf(clip, clip), /clip one is listed twice/],
    ['no test clip', setOf({ ...clip, split: 'train' }), /"split": "test"/],
    [
      'a camera that is only trained',
      setOf(clip, { ...clip, id: 'two', split: 'train', camera: 'gaet' }),
      /clip two: camera gaet has no test clip; .*correct "camera"/,
    ],
    ['no frame rate', { dataset: 'set', clips: [clip] }, /fps/],
    ['no JSON', '{', /labels\.json: it is not JSON/],
  ])('is refused with %s, with file, clip and fix named', (_case, content, problem) => {
    const folder = folderWith(content);
    const message = problemOf(folder);
    expect(message).toMatch(problem);
    expect(message).toContain(path.join(folder, 'labels.json'));
  });

  it('is refused when a link leads a clip outside', () => {
    const folder = folderWith(setOf({ ...clip, file: 'link.mp4' }));
    writeFileSync(path.join(folder, '..', 'secret.mp4'), '');
    symlinkSync('../secret.mp4', path.join(folder, 'link.mp4'));
    expect(problemOf(folder)).toMatch(/clip one: link\.mp4 lies outside/);
  });

  it('is refused without labels.json, with the option named', () => {
    expect(problemOf('/nowhere')).toMatch(/\/nowhere\/labels\.json: .*--dataset/);
  });

  it('does not repeat itself for every frame', () => {
    const folder = folderWith(setOf({ ...clip, frames: 500, labels: Array(500).fill(true) }));
    const lines = problemOf(folder).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('and 495 more');
  });
});
