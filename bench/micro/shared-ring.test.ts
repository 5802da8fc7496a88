import { expect, it } from 'vitest';
import { SharedRing } from './shared-ring.js';

it('hands frames over in order, to another end of the same memory', () => {
  const near = new SharedRing(2, 4);
  const far = new SharedRing(2, 4, near.memory);
  for (let frame = 1; frame <= 5; frame += 1) {
    near.slotToFill().fill(frame);
    near.filled();
    expect([...far.slotToTake()]).toEqual([frame, frame, frame, frame]);
    far.taken();
  }
  near.drained();
});

it('holds as many frames as it has slots', () => {
  const ring = new SharedRing(2, 1);
  for (const frame of [1, 2]) {
    ring.slotToFill()[0] = frame;
    ring.filled();
  }
  expect(ring.slotToTake()[0]).toBe(1);
  ring.taken();
  expect(ring.slotToTake()[0]).toBe(2);
});
