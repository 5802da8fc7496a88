import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { beyondPlan, planFile, readPlan, thisMachine, type Plan } from './plan.js';

const machine = { cpu: 'some CPU', cores: 2, memory_mb: 8_000 };
const plan: Plan = { profile: '720p25', cameras: 8, vad_fps: 5, measured_at: 1_700_000_000, machine };
const cameras = (count: number, fps: number) => Array.from({ length: count }, () => ({ vad: { fps } }));

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

  it('says nothing of what was measured on another machine, or not at all', () => {
    expect(beyondPlan(plan, { ...machine, cores: 4 }, cameras(16, 5))).toBeNull();
    expect(beyondPlan(null, machine, cameras(16, 5))).toBeNull();
  });
});

describe('readPlan', () => {
  it('reads what was stored, and takes a damaged file for none', () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'nunchi-plan-'));
    expect(readPlan(dataDir)).toBeNull();
    writeFileSync(planFile(dataDir), JSON.stringify({ ...plan, machine: thisMachine() }));
    expect(readPlan(dataDir)).toMatchObject({ cameras: 8, machine: thisMachine() });
    writeFileSync(planFile(dataDir), '{"cameras": "many"}');
    expect(readPlan(dataDir)).toBeNull();
  });
});
