import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runBench } from './bench-command.js';

it('says what to install where the benchmark is not', async () => {
  await expect(runBench([], tmpdir())).rejects.toMatchObject({
    code: 'bench.missing',
    message: expect.stringContaining('npm ci') as string,
  });
});
