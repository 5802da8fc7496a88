/** What the product leaves undone while it is asked for more than this machine can do. */
import type { Fleet } from '../actors/cameras/fleet.js';
import type { Gpu } from '../actors/gpu.js';
import { scoreOf } from '../actors/cameras/fleet-member.js';
import { OverloadWatch } from '../actors/cameras/overload.js';
import type { Load, Overload } from '../actors/cameras/overload-state.js';
import type { Clock } from '../clock.js';
import { LoopDelay } from '../loop-delay.js';
import { overloadStates, type OverloadState } from '../overload-states.js';
import type { ClipWish } from '../protocol/camera.js';
import type { ReadRun } from '../protocol/gpu.js';
import { quantileOf } from '../quantile.js';
import { MS_PER_S } from '../units.js';

/** Frames a second that those who watch still get. */
const REDUCED_LIVE_FPS = 2;
/** A score of long ago says little of how quiet a camera is: what is left of it after each look at the load. */
const FADING = 0.98;

export interface ProductOverloadOptions {
  clock: Clock;
  fleet: () => Pick<Fleet, 'members'>;
  gpu: Pick<Gpu, 'stats'>;
  limitLive: (fpsMax: number) => void;
  onChange: (overload: Overload, load: Load) => void;
}

export type ProductOverload = ReturnType<typeof productOverload>;

export function productOverload({ clock, fleet, gpu, limitLive, onChange }: ProductOverloadOptions) {
  const loopDelay = new LoopDelay();
  /** Milliseconds from capture to score, since the last look. */
  let delaysMs: number[] = [];
  let countedBefore = { due: 0, dropped: 0 };
  /** How unusual each camera was lately, in [0, 1]. */
  const activity = new Map<string, number>();

  async function measure(): Promise<Load> {
    const counted = await countFrames(fleet(), gpu);
    const due = counted.due - countedBefore.due;
    const dropped = counted.dropped - countedBefore.dropped;
    countedBefore = counted;
    const load = {
      drop_ratio: due > 0 && dropped > 0 ? dropped / due : 0,
      score_delay_ms: delaysMs.length === 0 ? null : quantileOf(delaysMs, 0.95),
      loop_delay_ms: loopDelay.p99Ms(),
    };
    delaysMs = [];
    loopDelay.reset();
    return load;
  }

  function apply(state: OverloadState): void {
    const reached = (wanted: OverloadState) =>
      overloadStates.indexOf(state) >= overloadStates.indexOf(wanted);
    limitLive(reached('live_reduced') ? REDUCED_LIVE_FPS : Infinity);
    const quiet = reached('vad_reduced') ? quietHalf(fleet(), activity) : new Set<string>();
    for (const { camera } of fleet().members) camera.slow(quiet.has(camera.id));
  }

  const watch = new OverloadWatch({ clock, measure, apply, onChange });
  return {
    get now() {
      return watch.overload;
    },
    /** Takes a run of the graphs whose readings have just been scored. */
    scored({ readings }: ReadRun): void {
      const wallTime = clock.wallTime();
      for (const reading of readings) delaysMs.push(Math.max(0, wallTime - reading.wallTime) * MS_PER_S);
    },
    /** What of the pictures that a VLM wants it is shown. */
    wish: (wish: ClipWish): ClipWish =>
      watch.overload.state === 'vlm_reduced' && wish.layout === 'frames' ? { ...wish, count: 1 } : wish,
    start(): void {
      loopDelay.start();
      watch.start();
    },
    stop(): void {
      watch.stop();
      loopDelay.stop();
    },
  };
}

/** Since their threads started; these count anew when a camera or the GPU worker begins anew. */
async function countFrames(
  { members }: Pick<Fleet, 'members'>,
  gpu: Pick<Gpu, 'stats'>,
): Promise<{ due: number; dropped: number }> {
  const vad = await gpu.stats().catch(() => null);
  let [due, dropped] = [0, vad?.framesReplaced ?? 0];
  for (const { camera } of members) {
    if (camera.counters === null) continue;
    due += camera.counters.vadFrames + camera.counters.vadFramesDropped;
    dropped += camera.counters.vadFramesDropped;
  }
  return { due, dropped };
}

/** Ids of the half of the cameras on which least happened lately; none on which an anomaly goes on or may begin. */
function quietHalf({ members }: Pick<Fleet, 'members'>, activity: Map<string, number>): Set<string> {
  for (const member of members) {
    const { id } = member.camera;
    activity.set(id, Math.max(scoreOf(member) ?? 0, (activity.get(id) ?? 0) * FADING));
  }
  const byActivity = [...members].sort(
    (a, b) => (activity.get(a.camera.id) ?? 0) - (activity.get(b.camera.id) ?? 0),
  );
  const quiet = byActivity.slice(0, Math.floor(members.length / 2));
  return new Set(quiet.filter(({ detector }) => detector.phase === 'quiet').map(({ camera }) => camera.id));
}
