/**
 * CPU time of the children of a shell, milliseconds, from what its `times` prints: a line of its own user and system
 * time, and one of its children's (POSIX.1-2017, 2.14).
 */
export function childrenCpuMs(times: string): number {
  const line = times.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`these are no times: ${times}`);
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
}
