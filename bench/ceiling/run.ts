/** The search for the ceiling, step by step. */
import { brokenLevels, type Step } from './levels.js';
import { measure, type Load } from './measured-product.js';
import type { Progress } from './progress.js';
import { findCeiling, type Ceiling } from './search.js';
import { comfortable } from './targets.js';

export interface RunOptions {
  load: Load;
  /** Cameras to try at most. */
  max: number;
  /** How many times more cameras are tried while all hold. */
  factor: number;
  /** Measures a second time what broke: what else this machine does may have come in between. */
  twice: boolean;
  progress: Progress;
  /** Ends the run with what was measured by then. */
  signal: AbortSignal;
  /** Whether no other number of cameras may be begun. */
  isEnough: () => boolean;
}

export interface Found {
  ceiling: Ceiling;
  /** In the order of the search. */
  steps: Step[];
  cutShort: boolean;
}

/** Throws when the product does not start. */
export async function findOut({
  load,
  max,
  factor,
  twice,
  progress,
  signal,
  isEnough,
}: RunOptions): Promise<Found> {
  const steps: Step[] = [];
  let cutShort = false;

  /** Null when the run was ended meanwhile. */
  async function tried(cameras: number): Promise<Step | null> {
    const name = `${cameras} camera${cameras === 1 ? '' : 's'}`;
    const onPhase = (phase: string, share: number) => {
      progress.show(`${name}: ${phase} (${steps.length} steps done, ${elapsed()})`, share);
    };
    try {
      const step = await measure(cameras, load, { signal, onPhase });
      progress.say(summary(name, step));
      return step;
    } catch (error) {
      if (!signal.aborted) throw error;
      cutShort = true;
      return null;
    }
  }

  async function holds(cameras: number): Promise<boolean | null> {
    let step = await tried(cameras);
    if (twice && step !== null && brokenLevels(step).length > 0) step = await tried(cameras);
    if (step === null) return null;
    steps.push(step);
    return brokenLevels(step).length === 0;
  }

  const ceiling = await findCeiling(
    max,
    holds,
    () => {
      cutShort ||= isEnough();
      return cutShort;
    },
    factor,
  );
  const eased = comfortable(ceiling.cameras);
  if (eased > 0 && !signal.aborted && steps.every(({ cameras }) => cameras !== eased)) await holds(eased);
  return { ceiling, steps, cutShort };
}

function summary(name: string, step: Step): string {
  const broken = brokenLevels(step);
  const [cpu, p95] = [step.cpu_percent.toFixed(0), step.capture_to_score_ms.p95.toFixed(0)];
  const verdict = broken.length === 0 ? 'holds' : `broken: ${broken.join(', ')}`;
  return `${name}: ${cpu}% CPU, score after ${p95} ms (p95), ${verdict}`;
}

/** Since this process started, as 2:05. */
function elapsed(): string {
  const seconds = Math.floor(performance.now() / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
