/** What a run tells the product; pure. */
import type { Plan } from '../../src/plan.js';
import type { CeilingResult } from './result.js';

/** Why the product is told nothing, for people; null when it can be. */
export function whyNoPlan({ cameras_broke, resource }: CeilingResult): string | null {
  // Only a number that broke a level tells how many are too many.
  if (cameras_broke === null)
    return 'no number of cameras was found that is too many. It helps: a higher --max, no --quick';
  if (resource === 'cores that others use')
    return 'what else runs on this machine took its cores. It helps: to end that, and to measure again';
  return null;
}

export function planOf({
  profile,
  codec,
  cameras,
  vad_fps,
  vad_model,
  measured_at,
  machine,
}: CeilingResult): Plan {
  return { profile, codec, cameras, vad_fps, vad_model, measured_at, machine };
}
