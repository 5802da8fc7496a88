import { describe, expect, it } from 'vitest';
import { CELLS } from '../vad-model.js';
import { BlobTracks } from './blob-tracks.js';
import { blobsOf } from './blobs.js';
import { newGrid, type CellGrid } from './cell-grid.js';

interface Body {
  column: number;
  tone: number;
}

/** Bodies of 4 x 1 cells in rows 10 to 13, each between two columns as its place asks. */
function scene(...bodies: readonly Body[]): CellGrid {
  const grid = newGrid();
  for (const { column, tone } of bodies) {
    const left = Math.floor(column);
    for (let row = 10; row < 14; row += 1) {
      const cell = row * CELLS.columns + left;
      grid[cell] = tone * (1 - (column - left));
      grid[cell + 1] = tone * (column - left);
    }
  }
  return grid;
}

/** The largest speed told of each frame. */
function follow(frames: readonly CellGrid[], stepS = 0.2): number[] {
  const tracks = new BlobTracks();
  return frames.map((frame) => Math.max(...tracks.speeds(blobsOf(frame), stepS, 0.5625)));
}

const walk = (speed: number): CellGrid[] =>
  Array.from({ length: 6 }, (_, i) => scene({ column: 3 + i * speed, tone: -40 }));

describe('blobs', () => {
  it('are the cells that hang together, largest first, with their middle and tone', () => {
    const [first, second, ...others] = blobsOf(scene({ column: 4, tone: -40 }, { column: 12, tone: 60 }));
    expect(first).toEqual({ column: 12, row: 11.5, mass: 240, tone: 60 });
    expect(second).toMatchObject({ column: 4, tone: -40 });
    expect(others).toEqual([]);
  });

  it('are no more than 24, and none of noise', () => {
    const dotted = newGrid().map((_, cell) => (cell % 2 === 0 && Math.floor(cell / 24) % 2 === 0 ? 50 : 0));
    expect(blobsOf(dotted)).toHaveLength(24);
    expect(blobsOf(newGrid().fill(5))).toEqual([]);
  });
});

describe('tracks of blobs', () => {
  it('tell the speed of what goes its way for four frames, however far its steps', () => {
    expect(follow(walk(2))).toEqual([0, 0, 0, 16, 16, 16]);
    expect(follow(walk(2), 0.4).at(-1)).toBeCloseTo(8, 6);
  });

  it('tell nothing of what jumps to and fro, nor of what is out of reach', () => {
    const restless = [3, 5, 3, 5, 3, 5].map((column) => scene({ column, tone: -40 }));
    expect(Math.max(...follow(restless))).toBe(0);
    expect(Math.max(...follow(walk(3.5)))).toBe(0);
  });

  it('keep two apart that pass near each other, by their tone', () => {
    const frames = Array.from({ length: 6 }, (_, i) =>
      scene({ column: 4 + i, tone: -40 }, { column: 18 - i, tone: 60 }),
    );
    expect(follow(frames).slice(3)).toEqual([8, 8, 8]);
  });

  it('begin anew after an interruption', () => {
    const tracks = new BlobTracks();
    const speeds = walk(2).map((frame, i) => {
      if (i === 4) tracks.restart();
      return Math.max(...tracks.speeds(blobsOf(frame), 0.2, 0.5625));
    });
    expect(speeds).toEqual([0, 0, 0, 16, 0, 0]);
  });
});
