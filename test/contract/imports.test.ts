import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';

const src = packagePath('src');

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(path.join(src, file), 'utf8').matchAll(/(?:from|import) '(\.[^']+)'/g)].map(
    ([, specifier]) => path.join(path.dirname(file), specifier ?? '').replace(/\.js$/, '.ts'),
  );

const graph = new Map(files.map((file) => [file, importsOf(file)]));
const importersOf = (specifier: string): string[] =>
  files.filter((file) => readFileSync(path.join(src, file), 'utf8').includes(`'${specifier}'`));

const folder = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '.');

/** Files beside the folders, the folders of what a file, a command line or a client may say, and the threads' messages. */
const leaves = ['.', 'access', 'alerting', 'camera', 'config', 'protocol'];

/** What may import what, folder by folder; the composition at the top may import all. */
const allowed: Record<string, readonly string[]> = {
  demo: [...leaves, 'demo', 'verification'],
  picture: [...leaves, 'picture'],
  scoring: [...leaves, 'scoring', 'picture'],
  verification: [...leaves, 'verification'],
  decision: [...leaves, 'decision', 'verification', 'scoring'],
  resources: [...leaves, 'resources'],
  models: [...leaves, 'models', 'verification'],
  channels: [...leaves, 'channels'],
  actors: [...leaves, 'actors', 'scoring', 'picture', 'verification', 'decision'],
  workers: [...leaves, 'workers', 'scoring', 'picture', 'verification', 'decision'],
  eval: [...leaves, 'eval', 'scoring', 'workers'],
  metrics: [...leaves, 'metrics'],
  http: [...leaves, 'http', 'actors'],
};
const top = ['launcher.ts', 'main.ts', 'nunchi.ts', 'cli.ts', 'product-options.ts'];

describe('imports', () => {
  it.each(Object.keys(allowed))('%s imports only what lies below it', (name) => {
    for (const [file, imports] of graph) {
      if (folder(file) !== name) continue;
      for (const imported of imports) {
        const isKernelQueue = name === 'workers' && imported === 'actors/kernel/mailbox.ts';
        expect(
          isKernelQueue || allowed[name]?.includes(folder(imported)),
          `${file} imports ${imported}`,
        ).toBe(true);
        expect(top, `${file} imports ${imported}`).not.toContain(imported);
      }
    }
  });

  it('leaves import leaves', () => {
    for (const [file, imports] of graph) {
      if (!leaves.includes(folder(file)) || top.includes(file)) continue;
      for (const imported of imports)
        expect(leaves, `${file} imports ${imported}`).toContain(folder(imported));
    }
  });

  it('form no circle', () => {
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      expect(trail, `circle: ${[...trail, file].join(' -> ')}`).not.toContain(file);
      if (done.has(file)) return;
      for (const imported of graph.get(file) ?? []) visit(imported, [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('threads, sockets and codecs each have one door', () => {
    expect(
      files.filter((file) => readFileSync(path.join(src, file), 'utf8').includes('new Worker(')),
    ).toEqual(['actors/kernel/thread.ts']);
    for (const file of importersOf('uWebSockets.js')) expect(file).toMatch(/^http\/uws/);
    for (const file of importersOf('node-av/lib')) expect(file).toMatch(/^(workers\/decode\/av-|demo\/)/);
    for (const file of importersOf('onnxruntime-node')) expect(file).toBe('workers/vad/graph-session.ts');
    expect(importersOf('piscina')).toEqual([
      'actors/assessment/agent-pool.ts',
      'actors/calibration/calibration-pool.ts',
    ]);
    expect(importersOf('node-llama-cpp')).toEqual(['workers/language/llama-agent.ts']);
    for (const file of importersOf('@fugood/llama.node')) expect(file).toMatch(/^workers\/language\/llama-/);
    for (const file of importersOf('@duckdb/node-api')) expect(folder(file)).toBe('workers');
  });
});
