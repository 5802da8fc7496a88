/** sRGB, each channel in [0, 255]. */
export type Colour = readonly [red: number, green: number, blue: number];

/** CSS text of a colour; `opacity` in [0, 1]. */
export function css([red, green, blue]: Colour, opacity = 1): string {
  return `rgba(${Math.round(red)},${Math.round(green)},${Math.round(blue)},${opacity.toFixed(3)})`;
}

/** The colour under `factor` times the light; clipped to the channel range. */
export function lit([red, green, blue]: Colour, factor: number): Colour {
  const clip = (channel: number): number => Math.min(255, Math.max(0, channel * factor));
  return [clip(red), clip(green), clip(blue)];
}
