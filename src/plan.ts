/** How many cameras this machine was measured to carry, as `npm run bench -- --plan` left it in the data folder. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { BYTES_PER_MIB } from './units.js';

const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().min(1),
  memory_mb: z.int().min(1),
});

const planSchema = z.strictObject({
  profile: z.string().describe('the streams it was measured with, as 720p25'),
  cameras: z.int().min(0).describe('that many held every service level'),
  vad_fps: z.number().positive().describe('of each of them'),
  measured_at: z.number().describe('Unix seconds'),
  machine: machineSchema,
});

export type Plan = z.infer<typeof planSchema>;
export type Machine = z.infer<typeof machineSchema>;

export function planFile(dataDir: string): string {
  return path.join(dataDir, 'plan.json');
}

/** Null when nothing was measured, or what was measured cannot be read any more. */
export function readPlan(dataDir: string): Plan | null {
  try {
    return planSchema.parse(JSON.parse(readFileSync(planFile(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memory_mb: Math.round(os.totalmem() / BYTES_PER_MIB),
  };
}

/**
 * What is wrong with running these cameras here, for people; null when nothing is, or nothing is known. Cameras count
 * by how many of their frames are scored.
 */
export function beyondPlan(
  plan: Plan | null,
  machine: Machine,
  cameras: readonly { vad: { fps: number } }[],
): string | null {
  if (plan === null || plan.machine.cpu !== machine.cpu || plan.machine.cores !== machine.cores) return null;
  const fps = cameras.reduce((sum, { vad }) => sum + vad.fps, 0);
  if (fps <= plan.cameras * plan.vad_fps) return null;
  const day = new Date(plan.measured_at * 1000).toISOString().slice(0, 10);
  return (
    `${cameras.length} cameras want ${fps} frames a second scored; on ${day} this machine was measured to carry ` +
    `${plan.cameras} cameras (${plan.profile}) with ${plan.cameras * plan.vad_fps}: have fewer cameras, lower ` +
    'vad.fps, or measure again with npm run bench -- --plan'
  );
}
