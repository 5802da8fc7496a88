/** How many cameras this machine was measured to carry, as `npm run bench -- --plan` left it in the data folder. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { packagePath } from './paths.js';
import { BYTES_PER_MIB } from './units.js';
import type { VadModelName } from './vad-model.js';

const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().min(1),
  memory_mb: z.int().min(1),
  nunchi: z.string().describe('version'),
  node: z.string().describe('version'),
  decode_backend: z.string().describe('what decodes the streams'),
});

const planSchema = z.strictObject({
  profile: z.string().describe('the streams it was measured with, as 720p25'),
  codec: z.string().describe('of the streams, as h264'),
  cameras: z.int().min(0).describe('that many held every service level'),
  vad_fps: z.number().positive().describe('of each of them'),
  vad_model: z.string().describe('of all of them'),
  measured_at: z.number().describe('Unix seconds'),
  machine: machineSchema,
});

export type Plan = z.infer<typeof planSchema>;
/** What a plan holds for: the machine, and what runs on it. */
export type Machine = z.infer<typeof machineSchema>;

/** What of a camera's settings its share of the machine depends on. */
interface PlannedCamera {
  vad: { fps: number; model: VadModelName };
}

export function planFile(dataDir: string): string {
  return path.join(dataDir, 'plan.json');
}

/** Null when nothing was measured. */
export function readPlan(dataDir: string): Plan | 'unreadable' | null {
  if (!existsSync(planFile(dataDir))) return null;
  try {
    return planSchema.parse(JSON.parse(readFileSync(planFile(dataDir), 'utf8')));
  } catch {
    return 'unreadable';
  }
}

/** What runs here, on what. `decodeBackend`: what decodes the streams. */
export function thisMachine(decodeBackend = 'av'): Machine {
  const cpus = os.cpus();
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memory_mb: Math.round(os.totalmem() / BYTES_PER_MIB),
    nunchi: version,
    node: process.versions.node,
    decode_backend: decodeBackend,
  };
}

const AGAIN = 'measure again with npm run bench -- --plan';

/** Why the plan says nothing about these cameras on this machine, for people; null when it does, or there is none. */
export function whyIgnored(
  plan: Plan | 'unreadable' | null,
  machine: Machine,
  cameras: readonly PlannedCamera[],
): string | null {
  if (plan === null) return null;
  if (plan === 'unreadable') return `plan.json is damaged, or of another version, and is ignored: ${AGAIN}`;
  const differs = differences(plan, machine, cameras);
  if (differs.length === 0) return null;
  return `plan.json is ignored, for it was measured with ${differs.join(', and with ')}: ${AGAIN}`;
}

/**
 * What is wrong with running these cameras here, for people; null when nothing is, or nothing is known. Cameras count
 * by how many of their frames are scored.
 */
export function beyondPlan(
  plan: Plan | 'unreadable' | null,
  machine: Machine,
  cameras: readonly PlannedCamera[],
): string | null {
  if (plan === null || plan === 'unreadable' || differences(plan, machine, cameras).length > 0) return null;
  const fps = cameras.reduce((sum, { vad }) => sum + vad.fps, 0);
  if (fps <= plan.cameras * plan.vad_fps) return null;
  const day = new Date(plan.measured_at * 1000).toISOString().slice(0, 10);
  return (
    `${cameras.length} cameras want ${fps} frames a second scored; on ${day} this machine was measured to carry ` +
    `${plan.cameras} cameras (${plan.profile}) with ${plan.cameras * plan.vad_fps}: have fewer cameras, lower ` +
    `vad.fps, or ${AGAIN}`
  );
}

/** What was other when it was measured, as "A instead of B". */
function differences(plan: Plan, here: Machine, cameras: readonly PlannedCamera[]): string[] {
  const then = plan.machine;
  const otherModel = cameras.find(({ vad }) => vad.model !== plan.vad_model)?.vad.model;
  const pairs: [what: string, was: string, is: string][] = [
    ['the CPU', then.cpu, here.cpu],
    ['cores:', String(then.cores), String(here.cores)],
    ['Nunchi', then.nunchi, here.nunchi],
    // Releases of one major version do not differ in speed by as much as a camera.
    ['Node.js', major(then.node), major(here.node)],
    ['decode.backend', then.decode_backend, here.decode_backend],
    ['vad.model', plan.vad_model, otherModel ?? plan.vad_model],
  ];
  return pairs
    .filter(([, was, is]) => was !== is)
    .map(([what, was, is]) => `${what} ${was} instead of ${is}`);
}

function major(version: string): string {
  return version.split('.')[0] ?? version;
}
