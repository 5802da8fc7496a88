import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { configSchema, type Config } from '../config/config.js';
import { catalogue, manifestOf } from './catalogue.js';
import { resolveAgent, resolveVlm } from './installed-models.js';
import { modelsListing } from './models-listing.js';
import { listPulled, removePulled } from './pulled-models.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'models-'))));

const sha256 = 'a'.repeat(64);
const shipped = {
  vlm: {
    text: { file: 'vlm-text.gguf', sha256 },
    projector: { file: 'vlm-projector.gguf', sha256: 'b'.repeat(64) },
    prompt: 'drawn-2',
    picture: { layout: 'montage', side: 192 },
    context: 512,
    licence: 'Apache-2.0',
  },
  agent: { text: { file: 'agent.gguf', sha256 }, prompt: 'policy-1', context: 512 },
};

/** The manifest of the shipped models; the VAD's entries are not looked at. */
function ship(models: object = shipped): void {
  mkdirSync(path.join(folder, 'shipped'), { recursive: true });
  writeFileSync(path.join(folder, 'shipped/manifest.json'), JSON.stringify({ version: 1, models }));
}

/** A model as `pull` leaves it. */
function pulled(name: string, pulledAt: number, { isVlm = true, text = '' } = {}): void {
  const [model] = catalogue();
  if (model === undefined) throw new Error('the catalogue is empty');
  const manifest = manifestOf({ ...model, name, projector: isVlm ? model.projector : null }, pulledAt);
  const to = path.join(folder, 'data/models', name);
  mkdirSync(to, { recursive: true });
  writeFileSync(path.join(to, 'manifest.json'), text === '' ? JSON.stringify(manifest) : text);
}

function config(fields: { vlm?: object; agent?: object } = {}): Config {
  return configSchema.parse({
    data_dir: path.join(folder, 'data'),
    models_dir: path.join(folder, 'shipped'),
    ...fields,
  });
}

describe('resolveVlm', () => {
  it('takes the shipped one for the demo, however many were pulled', () => {
    ship();
    pulled('own', 5);
    expect(resolveVlm(config(), { demo: true })).toEqual({
      source: {
        type: 'files',
        name: 'shipped',
        text: { path: path.join(folder, 'shipped/vlm-text.gguf'), sha256 },
        projector: { path: path.join(folder, 'shipped/vlm-projector.gguf'), sha256: 'b'.repeat(64) },
        contextTokens: 512,
      },
      prompt: 'drawn-2',
      wish: { layout: 'montage' },
      declaredMb: null,
    });
  });

  it('takes none for real cameras when none was pulled, and says what to do', () => {
    ship();
    expect(resolveVlm(config(), { demo: false })).toMatchObject({
      absent: 'no_model',
      why: expect.stringContaining('nunchi models pull qwen2.5-vl-3b') as string,
    });
  });

  it('takes the newest that was pulled for real cameras, and what it wants, within what is allowed', () => {
    pulled('old', 1);
    pulled('new', 3);
    pulled('middle', 2);
    pulled('an-agent', 9, { isVlm: false });
    expect(resolveVlm(config({ vlm: { frames: 3 } }), { demo: false })).toMatchObject({
      source: { name: 'new', contextTokens: 4_096 },
      prompt: 'general-1',
      wish: { layout: 'frames', count: 3, width: 640 },
      declaredMb: 3_600,
    });
  });

  it('takes the one that is named', () => {
    ship();
    pulled('old', 1);
    pulled('new', 3);
    expect(resolveVlm(config({ vlm: { model: 'old' } }), { demo: true })).toMatchObject({
      source: { name: 'old' },
    });
    expect(resolveVlm(config({ vlm: { model: 'shipped' } }), { demo: false })).toMatchObject({
      source: { name: 'shipped' },
    });
  });

  it('asks the endpoint when there is one, whatever was pulled', () => {
    pulled('own', 1);
    const vlm = { endpoint: { url: 'http://127.0.0.1:8080/v1', model: 'big', api_key: 'secret' }, frames: 2 };
    expect(resolveVlm(config({ vlm }), { demo: true })).toEqual({
      source: { type: 'endpoint', name: 'big', url: 'http://127.0.0.1:8080/v1', apiKey: 'secret' },
      prompt: 'general-1',
      wish: { layout: 'frames', count: 2, width: 640 },
      declaredMb: 0,
    });
  });

  it('takes none when it is disabled', () => {
    expect(resolveVlm(config({ vlm: { enabled: false } }), { demo: true })).toEqual({
      absent: 'no_model',
      why: 'vlm.enabled is false',
    });
  });

  it.each([
    ['one that is not there', 'none', 'model.missing', 'run `nunchi models pull none`'],
    ['one for the agent', 'an-agent', 'model.shape_mismatch', 'is a model for agent.model'],
    ['one with a damaged manifest', 'damaged', 'model.shape_mismatch', 'does not describe the model damaged'],
  ])('refuses %s by name', (_what, model, code, message) => {
    pulled('an-agent', 1, { isVlm: false });
    pulled('damaged', 1, { text: '{"version":1' });
    expect(() => resolveVlm(config({ vlm: { model } }), { demo: false })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error,
    );
  });

  it('leaves a damaged one aside, unless there is no other', () => {
    pulled('damaged', 9, { text: '{}' });
    expect(() => resolveVlm(config(), { demo: false })).toThrow('damaged');
    pulled('own', 1);
    expect(resolveVlm(config(), { demo: false })).toMatchObject({ source: { name: 'own' } });
  });

  it.each([
    ['is not there', null, 'model.missing'],
    ['says nothing of it', {}, 'model.shape_mismatch'],
    [
      'names a file elsewhere',
      { vlm: { ...shipped.vlm, text: { file: '../x', sha256 } } },
      'model.shape_mismatch',
    ],
  ])('names the manifest of the shipped one when it %s', (_what, models, code) => {
    if (models !== null) ship(models);
    expect(() => resolveVlm(config(), { demo: true })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('manifest.json') as string }) as Error,
    );
  });
});

describe('resolveAgent', () => {
  it('takes the shipped one, or the one that is named', () => {
    ship();
    pulled('own', 1, { isVlm: false });
    expect(resolveAgent(config())).toEqual({
      name: 'shipped',
      file: { path: path.join(folder, 'shipped/agent.gguf'), sha256 },
      prompt: 'policy-1',
      contextTokens: 512,
    });
    expect(resolveAgent(config({ agent: { model: 'own' } }))).toMatchObject({
      name: 'own',
      prompt: 'general-1',
    });
    expect(resolveAgent(config({ agent: { enabled: false } }))).toMatchObject({ absent: 'no_model' });
  });
});

describe('modelsListing', () => {
  it('shows what can be pulled, what was, what is damaged, and which is used', () => {
    pulled('smolvlm-500m', 1);
    pulled('own', 2, { isVlm: false });
    pulled('damaged', 3, { text: '{}' });
    const text = modelsListing(catalogue(), config());
    expect(text).toMatch(/^qwen2\.5-vl-3b +2\.8 GB {2}not pulled$/m);
    expect(text).toMatch(/^smolvlm2-2\.2b +1\.7 GB {2}not pulled$/m);
    expect(text).toMatch(/^smolvlm-500m +0\.5 GB {2}pulled$/m);
    expect(text).toMatch(/^own +pulled, for agent\.model$/m);
    expect(text).toMatch(/^damaged +damaged: remove it/m);
    expect(text).toContain('VLM for real cameras: smolvlm-500m\n');
    removePulled(path.join(folder, 'data'), 'smolvlm-500m');
    removePulled(path.join(folder, 'data'), 'damaged');
    expect(modelsListing(catalogue(), config())).toContain('VLM for real cameras: none; the shipped VLM');
  });
});

describe('listPulled', () => {
  it('does not show what is not complete', () => {
    pulled('own', 1);
    mkdirSync(path.join(folder, 'data/models/half'));
    writeFileSync(path.join(folder, 'data/models/half/text.gguf.part'), 'x');
    expect(listPulled(path.join(folder, 'data')).map(({ name }) => name)).toEqual(['own']);
    removePulled(path.join(folder, 'data'), 'half');
    expect(() => {
      removePulled(path.join(folder, 'data'), 'half');
    }).toThrow('no model half was pulled');
  });
});
