/** What the product leaves undone while it is asked for more than the machine can do. */

/** In the order in which they come; each does what those before it do as well. */
export const overloadStates = ['normal', 'live_reduced', 'vad_reduced', 'vlm_reduced'] as const;
export type OverloadState = (typeof overloadStates)[number];
