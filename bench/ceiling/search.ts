/** How many cameras fit: multiplied until a service level breaks, then halved towards the edge; pure. */

export interface Ceiling {
  /** The most that held; 0 when not even one did. */
  cameras: number;
  /** The fewest that did not hold; null when all did that were tried. */
  broke: number | null;
}

/**
 * Looks for the most cameras, at most `max`, that hold. `holds` is asked for each number once at most, and no more once
 * `isEnough`; null from it is an end, too. What holds for a number is taken to hold for fewer. `factor`: how many times
 * more are tried while all hold.
 */
export async function findCeiling(
  max: number,
  holds: (cameras: number) => Promise<boolean | null>,
  isEnough: () => boolean = () => false,
  factor = 2,
): Promise<Ceiling> {
  let cameras = 0;
  let broke: number | null = null;
  for (;;) {
    const next: number =
      broke === null ? Math.min(Math.max(1, cameras * factor), max) : Math.floor((cameras + broke) / 2);
    if (next === cameras || isEnough()) break;
    const held = await holds(next);
    if (held === null) break;
    if (held) cameras = next;
    else broke = next;
  }
  return { cameras, broke };
}
