import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopDelay } from './loop-delay.js';

it('tells how long the loop was kept from what was due, and forgets it when reset', async () => {
  const delay = new LoopDelay();
  delay.start();
  await wait(50);
  const endMs = performance.now() + 200;
  while (performance.now() < endMs);
  await wait(50);
  expect(delay.p99Ms()).toBeGreaterThan(150);
  delay.reset();
  await wait(200);
  expect(delay.p99Ms()).toBeLessThan(150);
  delay.stop();
});
