import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

const lock = JSON.parse(readFileSync(packagePath('package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

describe('package-lock.json', () => {
  it('holds every optional package of every platform, without which npm ci refuses it', () => {
    for (const [at, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
      for (const dependency of Object.keys(optionalDependencies)) {
        const locked =
          lock.packages[`${at}/node_modules/${dependency}`] ?? lock.packages[`node_modules/${dependency}`];
        expect(locked, `${dependency}, wanted by ${at}; run node .ci/complete-lock.mjs`).toBeDefined();
      }
    }
  });

  it.each(['linux-x64', 'linux-arm64'])('can be installed on %s', (platform) => {
    for (const name of ['@seydx/node-av', '@lmdb/lmdb', '@duckdb/node-bindings']) {
      expect(Object.keys(lock.packages)).toContain(`node_modules/${name}-${platform}`);
    }
  });

  it('names no registry, so that it installs behind any', () => {
    for (const { resolved } of Object.values(lock.packages)) expect(resolved).toBeUndefined();
  });
});
