import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { failureOf } from './failure.js';

const place = 'https://hooks.example';
const coded = (code: string, message = 'said in-secret'): Error =>
  Object.assign(new Error(message), { code });

describe('why an attempt failed', () => {
  it('is told in words, with the code that the system gave it', () => {
    const failure = failureOf(coded('ECONNREFUSED'), place);
    expect(failure.message).toBe(`${place} refuses the connection; is it running, and is the port right?`);
    expect([failure.code, failure.data]).toEqual(['alert.delivery_failed', { reason: 'ECONNREFUSED' }]);
  });

  it('is what lies beneath rather than what wraps it', () => {
    const wrapped = new TypeError('fetch failed', { cause: coded('ENOTFOUND') });
    expect(failureOf(wrapped, place).message).toContain('has no address');
    const tried = new AggregateError([coded('EHOSTUNREACH'), coded('ECONNREFUSED')], 'all failed');
    expect(failureOf(Object.assign(tried, { code: 'EOTHER' }), place).message).toContain('cannot be reached');
  });

  it('is one that is known, wherever in the chain it stands', () => {
    const unknown = coded('EODD', 'in-secret');
    const wrapped = Object.assign(new Error('outer', { cause: unknown }), { code: 'EAUTH' });
    expect(failureOf(wrapped, place).message).toBe(`${place} does not accept the user or the password`);
  });

  it('repeats nothing of what a library or a receiver said', () => {
    for (const thrown of [coded('EODD'), new Error('in-secret'), 'in-secret', undefined])
      expect(JSON.stringify(failureOf(thrown, place).toRecord())).not.toContain('in-secret');
    expect(failureOf(coded('EODD'), place).message).toBe(`${place} failed without a reason (EODD)`);
  });

  it('stays what the product itself said', () => {
    const refused = new AppError('alert.channel_gone', 'the receiver is gone');
    expect(failureOf(new Error('outer', { cause: refused }), place)).toBe(refused);
  });

  it('tells that nobody waited any longer', () => {
    const aborted = Object.assign(new Error('in-secret'), { name: 'AbortError', code: 20 });
    expect(failureOf(aborted, place).message).toBe(`${place} was not waited for any longer`);
  });

  it('is found in a chain that leads back to itself', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    expect(failureOf(circle, place).code).toBe('alert.delivery_failed');
  });
});
