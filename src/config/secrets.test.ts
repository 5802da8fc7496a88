import { describe, expect, it } from 'vitest';
import { configSchema } from './config.js';
import { changesOf } from './access.js';
import { maskedConfig, unmasked } from './secrets.js';

const secrets = ['0123456789abcdef0123456789abcdef', 'sk-live', 'hunter2', 'Bearer xyz', 'tk_1', 'mailpw'];
const [token = '', key = '', password = '', bearer = '', ntfyToken = '', mail = ''] = secrets;
const written = {
  http: { tokens: [token] },
  cameras: { gate: { url: `rtsp://u:${password}@10.0.0.5/` }, lobby: { url: 'lobby.mp4' } },
  vlm: { endpoint: { url: 'http://10.0.0.9/v1', model: 'm', api_key: key } },
  alerts: {
    channels: {
      hook: {
        type: 'webhook',
        url: `https://hooks.example/${key}`,
        secret: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
        headers: { Authorization: bearer },
      },
      phone: { type: 'ntfy', url: 'https://ntfy.example', topic: 'house', token: ntfyToken },
      post: {
        type: 'email',
        host: 'mail.example',
        username: 'me',
        password: mail,
        from: 'a@example.org',
        to: ['b@example.org'],
      },
    },
  },
};
const config = configSchema.parse(written);
const shown = maskedConfig(config);

describe('the configuration as it is shown', () => {
  it('holds no secret, and everything else', () => {
    const text = JSON.stringify(shown);
    for (const secret of [...secrets, 'whsec_']) expect(text).not.toContain(secret);
    expect(shown).toMatchObject({
      http: { tokens: ['***'], port: 8971 },
      cameras: { gate: { url: 'rtsp://***@10.0.0.5/' }, lobby: { url: 'lobby.mp4' } },
      alerts: { channels: { hook: { secret: '***', headers: { Authorization: '***' } } } },
    });
  });

  it('is no change when it is sent back', () => {
    expect(changesOf(JSON.parse(JSON.stringify(shown)) as Record<string, unknown>, shown, written)).toEqual(
      [],
    );
  });

  it('keeps its secrets when it is sent back with something else changed', () => {
    const patch = { cameras: { gate: { name: 'Gate', url: 'rtsp://***@10.0.0.5/' } } };
    expect(changesOf(patch, shown, written)).toEqual([{ path: ['cameras', 'gate', 'name'], value: 'Gate' }]);
    expect(unmasked(['new', '***'], ['***', '***'], ['{NUNCHI_A}', '{NUNCHI_B}'], [])).toEqual([
      'new',
      '{NUNCHI_B}',
    ]);
  });

  it('gives no secret to another place: a mask that stands for nothing is refused', () => {
    const stolen = { cameras: { gate: { url: 'rtsp://***@evil.example/' } } };
    expect(() => changesOf(stolen, shown, written)).toThrow('cameras.gate.url: ***');
    const moved = { cameras: { yard: { url: 'rtsp://***@10.0.0.5/' } } };
    expect(() => changesOf(moved, shown, written)).toThrow('cameras.yard.url: ***');
  });
});

describe('a merge patch', () => {
  it('changes what it names, and removes what is null', () => {
    const patch = {
      alerts: { dedup_s: 30, rules: [] },
      cameras: { lobby: null },
      vlm: { endpoint: { model: 'n' } },
    };
    expect(changesOf(patch, shown, written)).toEqual([
      { path: ['alerts', 'dedup_s'], value: 30 },
      { path: ['cameras', 'lobby'], value: undefined },
      { path: ['vlm', 'endpoint', 'model'], value: 'n' },
    ]);
  });

  it('may not be nested without end', () => {
    let deep: Record<string, unknown> = {};
    for (let i = 0; i < 50_000; i += 1) deep = { a: deep };
    expect(() => changesOf(deep, shown, written)).toThrow('nested too deeply');
    expect(() => changesOf({ x: [deep] }, shown, written)).toThrow('nested too deeply');
  });
});
