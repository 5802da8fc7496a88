import { expect, it } from 'vitest';
import { childrenCpuMs } from './child-times.js';

it("reads the children's time, user and system, not the shell's own", () => {
  expect(childrenCpuMs('0m9.000s 0m9.000s\n1m2.250s 0m0.125s\n')).toBe(62_375);
});

it('refuses what is not two times', () => {
  expect(() => childrenCpuMs('0m0.1s\n')).toThrow('no times');
});
