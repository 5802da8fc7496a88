import { expect, it } from 'vitest';
import { everybody } from '../../../test/support/http-app.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { Admission } from '../../access/access.js';
import { Tickets } from './tickets.js';

function admissionOf(name: string, ended = new AbortController().signal): Admission {
  return { caller: { name, role: 'viewer', cameras: ['gate'] }, ended };
}

it('admits once per ticket, within 30 s', async () => {
  const clock = new SimulatedClock();
  const tickets = new Tickets(clock);
  const [first, second] = [tickets.issue(everybody), tickets.issue(everybody)];
  expect(first).not.toBe(second);
  expect(tickets.redeem('forged')).toBeNull();
  expect(tickets.redeem(first)).toBe(everybody);
  expect(tickets.redeem(first)).toBeNull();
  await clock.advance(30_000);
  expect(tickets.redeem(second)).toBeNull();
});

it('admits whoever asked for the ticket, and nobody when that token was revoked since', () => {
  const tickets = new Tickets(new SimulatedClock());
  const end = new AbortController();
  const [gate, yard] = [admissionOf('gate', end.signal), admissionOf('yard')];
  const [ofGate, ofYard] = [tickets.issue(gate), tickets.issue(yard)];
  end.abort();
  expect(tickets.redeem(ofGate)).toBeNull();
  expect(tickets.redeem(ofYard)).toBe(yard);
});

it('holds a bounded number of unused tickets, and leaves some for others', async () => {
  const clock = new SimulatedClock();
  const tickets = new Tickets(clock);
  const issue = (admission: Admission, count: number) => {
    for (let issued = 0; issued < count; issued += 1) tickets.issue(admission);
  };
  const rateLimited: unknown = expect.objectContaining({ code: 'request.rate_limited' });
  const greedy = admissionOf('greedy');
  issue(greedy, 100);
  expect(() => tickets.issue(greedy)).toThrow(rateLimited);
  for (let caller = 0; caller < 9; caller += 1) issue(admissionOf(`t${caller}`), 100);
  expect(() => tickets.issue(everybody)).toThrow(rateLimited);
  await clock.advance(30_000);
  expect(tickets.redeem(tickets.issue(greedy))).toBe(greedy);
});
