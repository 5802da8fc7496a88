export const MS_PER_S = 1_000;
export const US_PER_S = 1_000_000;
export const BYTES_PER_MIB = 1 << 20;
export const S_PER_MINUTE = 60;
export const S_PER_HOUR = 3_600;
export const S_PER_DAY = 86_400;
