import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { isOutOfMemory } from './out-of-memory.js';

describe('isOutOfMemory', () => {
  it.each([
    'CUDA failure 2: out of memory ; GPU=0',
    'Failed to allocate memory for requested buffer of size 8192',
    'std::bad_alloc',
    'ggml_vulkan: Device memory allocation failed: ErrorOutOfDeviceMemory',
    'Array buffer allocation failed',
  ])('knows "%s", also beneath another error and as text from a thread', (message) => {
    const error = new AppError('gpu.lost', 'the VAD cannot be loaded', {}, new Error(message));
    expect(isOutOfMemory(new Error(message))).toBe(true);
    expect(isOutOfMemory(error)).toBe(true);
    expect(isOutOfMemory(AppError.fromRecord(error.toRecord()))).toBe(true);
  });

  it("knows a worker's exit for want of heap", () => {
    const error = Object.assign(new Error('Worker terminated'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(isOutOfMemory(error)).toBe(true);
  });

  it('takes nothing else for it, and no circle of causes keeps it', () => {
    const circle = new Error('shape mismatch');
    circle.cause = circle;
    expect(isOutOfMemory(circle)).toBe(false);
    expect(isOutOfMemory(undefined)).toBe(false);
  });
});
