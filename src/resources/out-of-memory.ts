/**
 * What runtimes say when memory is used up: CUDA, ONNX Runtime, ggml, C++, V8. None of them gives a code that reaches
 * JavaScript.
 */
const patterns = [
  /out of (device )?memory/i,
  /failed to allocate/i,
  /bad_alloc/,
  /cudaErrorMemoryAllocation/,
  /ErrorOutOfDeviceMemory/,
  /ERR_WORKER_OUT_OF_MEMORY/,
  /array buffer allocation failed/i,
];

/** Causes beneath an error that are looked at. */
const MAX_DEPTH = 5;

/** Whether an error, or what lay beneath it, says that memory was used up. */
export function isOutOfMemory(thrown: unknown, depth = 0): boolean {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' && says(thrown);
  if (says(thrown.message) || ('code' in thrown && says(String(thrown.code)))) return true;
  return depth < MAX_DEPTH && isOutOfMemory(thrown.cause, depth + 1);
}

function says(text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
