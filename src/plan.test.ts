import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { beyondPlan, planFile, readPlan, thisMachine, whyIgnored, type Machine, type Plan } from './plan.js';
import type { VadModelName } from './vad-model.js';

const machine: Machine = {
  cpu: 'some CPU',
  cores: 2,
  memory_mb: 8_000,
  nunchi: '1.2.3',
  node: '20.20.0',
  decode_backend: 'av',
};
const plan: Plan = {
  profile: '720p25',
  codec: 'h264',
  cameras: 8,
  vad_fps: 5,
  vad_model: 'mulde',
  measured_at: 1_700_000_000,
  machine,
};
const cameras = (count: number, fps: number, model: VadModelName = 'mulde') =>
  Array.from({ length: count }, () => ({ vad: { fps, model } }));

describe('beyondPlan', () => {
  it('takes as many cameras as were measured, and fewer frames of more of them', () => {
    expect(beyondPlan(plan, machine, cameras(8, 5))).toBeNull();
    expect(beyondPlan(plan, machine, cameras(16, 2.5))).toBeNull();
  });

  it('names what is wanted, what was measured and when, and what to do', () => {
    const said = beyondPlan(plan, machine, cameras(9, 5));
    expect(said).toContain('9 cameras want 45 frames a second');
    expect(said).toContain('8 cameras (720p25) with 40');
    expect(said).toContain('2023-11-14');
    expect(said).toContain('vad.fps');
  });

  it('says nothing of what was not measured', () => {
    expect(beyondPlan(null, machine, cameras(16, 5))).toBeNull();
    expect(beyondPlan('unreadable', machine, cameras(16, 5))).toBeNull();
  });
});

describe('a plan', () => {
  it('is not ignored where it was measured, nor for a patch of Node.js', () => {
    expect(whyIgnored(plan, machine, cameras(1, 5))).toBeNull();
    expect(whyIgnored(plan, { ...machine, node: '20.21.4', memory_mb: 9_000 }, cameras(1, 5))).toBeNull();
    expect(whyIgnored(null, machine, cameras(1, 5))).toBeNull();
  });

  it.each<[string, Partial<Machine>, string]>([
    ['on another CPU', { cpu: 'other CPU' }, 'the CPU some CPU instead of other CPU'],
    ['on other cores', { cores: 4 }, 'cores: 2 instead of 4'],
    ['with another version', { nunchi: '1.3.0' }, 'Nunchi 1.2.3 instead of 1.3.0'],
    ['on another Node.js', { node: '22.1.0' }, 'Node.js 20 instead of 22'],
    ['by another decoder', { decode_backend: 'ffmpeg' }, 'decode.backend av instead of ffmpeg'],
  ])('measured %s is ignored, and the reason told', (_what, differing, reason) => {
    const here = { ...machine, ...differing };
    expect(whyIgnored(plan, here, cameras(16, 5))).toContain(reason);
    expect(whyIgnored(plan, here, cameras(16, 5))).toContain('npm run bench -- --plan');
    expect(beyondPlan(plan, here, cameras(16, 5))).toBeNull();
  });

  it('measured with another model than that of some camera is ignored', () => {
    const mixed = [...cameras(15, 5), ...cameras(1, 5, 'mnad')];
    expect(whyIgnored(plan, machine, mixed)).toContain('vad.model mulde instead of mnad');
    expect(beyondPlan(plan, machine, mixed)).toBeNull();
  });
});

describe('readPlan', () => {
  it('reads what was stored, and tells a damaged file from none', () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'nunchi-plan-'));
    expect(readPlan(dataDir)).toBeNull();
    writeFileSync(planFile(dataDir), JSON.stringify({ ...plan, machine: thisMachine() }));
    expect(readPlan(dataDir)).toMatchObject({ cameras: 8, machine: thisMachine() });
    writeFileSync(planFile(dataDir), '{"cameras": "many"}');
    expect(readPlan(dataDir)).toBe('unreadable');
    expect(whyIgnored('unreadable', machine, [])).toContain('plan.json is damaged');
  });
});
