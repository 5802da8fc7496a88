import { describe, expect, it } from 'vitest';
import { modelNameSchema } from '../model-name.js';
import { catalogue, manifestOf } from './catalogue.js';
import { checkModelUrl } from './download-reply.js';
import { pulledManifestSchema } from './model-entry.js';

describe('catalogue', () => {
  it.each(catalogue().map((model) => [model.name, model] as const))(
    '%s can be pulled and used',
    (name, model) => {
      expect(modelNameSchema.parse(name)).toBe(name);
      expect(pulledManifestSchema.parse(manifestOf(model, 1)).kind).toBe('vlm');
      for (const file of [model.text, model.projector]) {
        expect(file?.sizeBytes).toBeGreaterThan(1e6);
        // A revision is pinned: what the address gives never changes.
        expect(file?.url).toMatch(/^https:\/\/[^/]+\/[^/]+\/[^/]+\/resolve\/[0-9a-f]{40}\/[^/]+\.gguf$/);
      }
    },
  );

  it('names each model once, and takes files from a mirror under the same paths', () => {
    const names = catalogue().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(catalogue('https://mirror.example/hf/')[0]?.text.url).toMatch(
      /^https:\/\/mirror\.example\/hf\/ggml-org\//,
    );
  });
});

describe('checkModelUrl', () => {
  it.each(['https://example.org/a.gguf', 'http://127.0.0.1:1/a', 'http://[::1]/a', 'http://localhost/a'])(
    'takes %s',
    (url) => {
      expect(() => {
        checkModelUrl(url);
      }).not.toThrow();
    },
  );

  it.each(['http://example.org/a.gguf', 'http://127.0.0.1.example.org/a', 'file:///a', 'a.gguf', ''])(
    'refuses "%s"',
    (url) => {
      expect(() => {
        checkModelUrl(url);
      }).toThrow('models come over https://');
    },
  );
});
