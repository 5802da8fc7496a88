/** Whether this machine was measured to carry the cameras that it is told to. */
import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import type { Logger } from '../log.js';
import { beyondPlan, readPlan, thisMachine, whyIgnored } from '../plan.js';
import type { Launch } from '../product-options.js';

/** Warns of more cameras than fit; throws `overload.refused` instead where `overload: refuse` says so. */
export function holdAgainstPlan(
  { data_dir: dataDir, decode, overload }: Pick<Config, 'data_dir' | 'decode' | 'overload'>,
  cameras: Launch['cameras'],
  log: Logger,
): void {
  const [plan, machine] = [readPlan(dataDir), thisMachine(decode.backend)];
  const ignored = whyIgnored(plan, machine, cameras);
  if (ignored !== null) log.warn({ cameras: cameras.length }, ignored);
  const beyond = beyondPlan(plan, machine, cameras);
  if (beyond !== null && overload === 'refuse') throw new AppError('overload.refused', beyond);
  if (beyond !== null) log.warn({ cameras: cameras.length }, beyond);
}
