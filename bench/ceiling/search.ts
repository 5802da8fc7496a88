/** How many cameras fit: doubled until a service level breaks, then halved towards the edge; pure. */

/**
 * The most cameras, at most `max`, that hold; 0 when one does not. `holds` is asked for each number once at most.
 * What holds for a number is taken to hold for fewer.
 */
export async function findCeiling(
  max: number,
  holds: (cameras: number) => Promise<boolean>,
): Promise<number> {
  let good = 0;
  let bad = max + 1;
  for (let cameras = 1; bad > max && good < max; cameras = Math.min(cameras * 2, max))
    if (await holds(cameras)) good = cameras;
    else bad = cameras;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
