import { describe, expect, it } from 'vitest';
import { LogErrors, LogLines, readLogLine } from './ffmpeg-log.js';

describe('a line of ffmpeg', () => {
  it.each([
    [
      '[info]   Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 640x360 [SAR 1:1 DAR 16:9], 767 kb/s, 25 fps, 25 tbr, 12800 tbn (default)',
      { type: 'stream', codec: 'h264', width: 640, height: 360, fps: 25 },
    ],
    [
      '[info]   Stream #0:0: Video: hevc (Main), yuv420p(tv), 1920x1080, 29.97 fps, 29.97 tbr, 90k tbn',
      { type: 'stream', codec: 'hevc', width: 1920, height: 1080, fps: 29.97 },
    ],
    [
      '[info]   Stream #0:0: Video: mjpeg, yuvj420p(pc), 800x600, 90k tbr, 90k tbn',
      { type: 'stream', codec: 'mjpeg', width: 800, height: 600, fps: 0 },
    ],
    [
      '[Parsed_showinfo_1 @ 0x55b52eee1e40] [info] config in time_base: 1/12800, frame_rate: 25/1',
      { type: 'timeBase', seconds: 1 / 12_800 },
    ],
    [
      '[Parsed_showinfo_1 @ 0x55b52eee1e40] [info] n:   3 pts:   1536 pts_time:0.12    pos:    20826 fmt:yuv420p sar:1/1 s:640x360 i:P iskey:0 type:B ',
      { type: 'frame', ticks: 1_536, width: 640, height: 360 },
    ],
    [
      '[Parsed_showinfo_1 @ 0x55b52eee1e40] [info] n:   0 pts:NOPTS pts_time:NOPTS   pos:       -1 fmt:yuv420p sar:0/1 s:64x48 i:P iskey:1 type:I ',
      { type: 'frame', ticks: null, width: 64, height: 48 },
    ],
    [
      '[h264 @ 0x55] [error] error while decoding MB 3 4',
      { type: 'error', text: 'error while decoding MB 3 4' },
    ],
    ["[fatal] Unrecognized option 'fps_mode'.", { type: 'error', text: "Unrecognized option 'fps_mode'." }],
    ['[info]   Stream #1:0: Video: h264 (High), yuv420p, 640x360, 25 fps', null],
    ['[info]     title : n: 0 pts: 0 s:1x1 i:P', null],
  ])('is understood: %s', (line, read) => {
    expect(readLogLine(line)).toEqual(read);
  });

  it('is whole however it comes, and no longer than 2,000 characters', () => {
    const lines: string[] = [];
    const reader = new LogLines((line) => lines.push(line));
    for (const part of ['on', 'e\ntwo\r\nth', 'ree', `\n${'x'.repeat(9_000)}\n`]) reader.push(part);
    expect(lines.slice(0, 3)).toEqual(['one', 'two', 'three']);
    expect(lines[3]?.length).toBeLessThanOrEqual(2_000);
  });
});

describe('what ffmpeg complains of', () => {
  it('is shown without user and password, whatever characters they have', () => {
    const url = "rtsp://oper'ator:open sesame@10.0.0.5/s1";
    const errors = new LogErrors(url);
    errors.add(`Impossible to open '${url}'`);
    errors.add("method DESCRIBE for oper'ator:open sesame failed, open sesame is wrong");
    errors.add('pipe:3: Connection refused');
    expect(errors.text).not.toMatch(/oper'|sesame/);
    expect(errors.text).toContain('10.0.0.5/s1');
    expect(errors.reason).toBe('Connection refused');
  });

  it('is shown as the last three only, each cut', () => {
    const errors = new LogErrors('/clip.mp4');
    for (let i = 0; i < 10; i += 1) errors.add(`error ${i} ${'x'.repeat(500)}`);
    expect(errors.text).toMatch(/^error 7 .*error 8 .*error 9 /);
    expect(errors.text.length).toBeLessThan(700);
  });
});
