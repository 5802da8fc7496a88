/** The video-anomaly models that a camera can choose, and the shared graphs that each of them reads. */

export const vadModelNames = ['mnad', 'mulde', 'fused'] as const;
/** `vad.model`: prediction error (MNAD), density of motion (MULDE), or the density of both. */
export type VadModelName = (typeof vadModelNames)[number];

/** Graphs in the GPU worker; stateless, loaded once for all cameras. */
export type VadGraph = 'mnad' | 'motion';

export const graphsOf: Record<VadModelName, readonly VadGraph[]> = {
  mnad: ['mnad'],
  mulde: ['motion'],
  fused: ['motion', 'mnad'],
};

/** Both graphs tell of a frame in cells of 8x8 pixels: 24 x 24 of them, row by row from the top left. */
export const CELLS = { columns: 24, rows: 24, count: 24 * 24 } as const;

/** Channels of the motion graph's cells, each float32 [24, 24], means over the cell. */
export const motionChannels = [
  /** Displacement to the right between the two frames, in 1/192 of the picture's width. */
  'dx',
  /** Displacement downwards, in the same unit, so that a speed does not depend on the picture's aspect ratio. */
  'dy',
  /** Squared length of the displacement. */
  'squared',
  /** Squared gray difference that the displacement does not explain, gray levels squared. */
  'residual',
  /** Squared gray difference before the displacement is taken out, gray levels squared. */
  'difference',
  /** Gray, 0 to 255. */
  'gray',
] as const;
export type MotionChannel = (typeof motionChannels)[number];
