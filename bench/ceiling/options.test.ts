import { afterEach, describe, expect, it, vi } from 'vitest';
import { readOptions } from './options.js';

describe('the command line of the benchmark', () => {
  it('measures what the targets are set for unless it says otherwise', () => {
    expect(readOptions([])).toMatchObject({
      profile: { name: '720p25', width: 1280, height: 720, fps: 25 },
      codec: 'h264',
      source: 'file',
      vadFps: 5,
      tiles: 4,
      vlmLoad: null,
      max: 32,
      stepS: 15,
      ratios: true,
      decode: 'av',
    });
  });

  it('takes the last of what was said twice: `nunchi bench` puts the configuration first', () => {
    expect(readOptions(['--vad-model', 'mulde', '--vad-model', 'mnad']).vadModel).toBe('mnad');
  });

  it('takes any stream, frame rate and load of the VLM', () => {
    const given = [
      '--profile',
      '1080p15',
      '--codec',
      'h265',
      '--vad-fps',
      '2.5',
      '--vlm-load',
      '--tiles',
      '0',
    ];
    expect(readOptions([...given, '--no-ratios'])).toMatchObject({
      profile: { width: 1920, height: 1080, fps: 15 },
      codec: 'h265',
      vadFps: 2.5,
      vlmLoad: 4,
      tiles: 0,
      ratios: false,
    });
    expect(readOptions(['--vlm-load', '2', '--step-s', '30'])).toMatchObject({ vlmLoad: 2, stepS: 30 });
  });

  it('is short when it is quick', () => {
    expect(readOptions(['--quick'])).toMatchObject({ stepS: 4, warmupS: 2, max: 16 });
    expect(readOptions(['--quick', '--max', '3'])).toMatchObject({ max: 3 });
  });
});

/** What it says of a command line that it does not understand, before it ends the process. */
function refusal(...args: string[]): string {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  expect(() => readOptions(args)).toThrow('exit 1');
  return said;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a mistake on it', () => {
  it.each([
    [['--profile', '4k'], /--profile <name>.*'4k'.*write HEIGHTpFPS or WIDTHxHEIGHTpFPS/],
    [['--codec', 'vp9'], /--codec <name>.*'vp9'.*h264, h265/],
    [['--vad-fps', '50'], /--vad-fps <n>.*'50'.*0\.2 to 10/],
    [['--profile', '360p5', '--vad-fps', '10'], /--vad-fps 10 is more than the 5 that 360p5 streams/],
    [['--vlm-load', '100'], /--vlm-load \[n\].*'100'.*up to 12/],
    [['--vlm-load', '1'], /with --vlm-load 1 a step takes --step-s 60 or more/],
    [['--quick', '--vlm-load'], /--quick has no time for --vlm-load/],
    [['--quick', '--step-s', '9'], /--quick has short steps of its own/],
    [['--tiles', 'all'], /--tiles <n>.*'all'.*whole number/],
    [['--max', '33'], /--max <n>.*'33'.*1 to 32/],
    [['--step-s', ''], /--step-s <n>.*write a number from 1/],
    [['16'], /too many arguments/],
  ])('%j is named', (args, said) => {
    expect(refusal(...args)).toMatch(said);
  });
});
