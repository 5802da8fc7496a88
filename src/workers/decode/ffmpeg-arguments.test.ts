import { describe, expect, it } from 'vitest';
import { decodeArguments, inputScript } from './ffmpeg-arguments.js';

const camera = { url: "rtsp://user:it's@10.0.0.5/s1", transport: 'udp', loop: false } as const;
const file = { url: '/media/clip.mp4', transport: 'tcp', loop: false } as const;

describe('the call of ffmpeg', () => {
  it('holds nothing of the address of a camera, which comes by a pipe', () => {
    expect(decodeArguments(camera, 'none').join(' ')).not.toMatch(/user|10\.0\.0\.5/);
    expect(inputScript(camera)).toContain(String.raw`file 'rtsp://user:it'\''s@10.0.0.5/s1'`);
    expect(inputScript(camera)).toContain('option rtsp_transport udp');
  });

  it('allows a file containers only, and no other protocol', () => {
    const called = decodeArguments(file, 'none');
    expect(inputScript(file)).toBeNull();
    expect(called).toContain('file:/media/clip.mp4');
    expect(called[called.indexOf('-protocol_whitelist') + 1]).toBe('file');
    expect(called[called.indexOf('-format_whitelist') + 1]?.split(',')).not.toContain('concat');
  });

  it('asks for hardware only when that is wanted', () => {
    expect(decodeArguments(file, 'none')).not.toContain('-hwaccel');
    expect(decodeArguments(file, 'vaapi').join(' ')).toContain('-hwaccel vaapi');
  });

  it('does not let an address with a line break add to the script', () => {
    expect(() => inputScript({ ...camera, url: "rtsp://h/a'\nfile '/etc/hostname" })).toThrow(
      expect.objectContaining({ code: 'camera.open_failed' }),
    );
  });
});
