import { expect, it } from 'vitest';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { Tickets } from './tickets.js';

it('admits once per ticket, within 30 s', async () => {
  const clock = new SimulatedClock();
  const tickets = new Tickets(clock);
  const [first, second] = [tickets.issue(), tickets.issue()];
  expect(first).not.toBe(second);
  expect(tickets.redeem('forged')).toBe(false);
  expect(tickets.redeem(first)).toBe(true);
  expect(tickets.redeem(first)).toBe(false);
  await clock.advance(30_000);
  expect(tickets.redeem(second)).toBe(false);
});

it('holds a bounded number of unused tickets', async () => {
  const clock = new SimulatedClock();
  const tickets = new Tickets(clock);
  for (let issued = 0; issued < 1000; issued += 1) tickets.issue();
  expect(() => tickets.issue()).toThrow(expect.objectContaining({ code: 'request.rate_limited' }));
  await clock.advance(30_000);
  expect(tickets.redeem(tickets.issue())).toBe(true);
});
