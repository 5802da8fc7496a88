import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCameraUrl } from './camera-url.js';

const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nunchi-media-')));
const mediaDir = path.join(base, 'media');
mkdirSync(mediaDir);
writeFileSync(path.join(mediaDir, 'lobby.mp4'), '');
writeFileSync(path.join(base, 'secret.mp4'), '');
symlinkSync(path.join(base, 'secret.mp4'), path.join(mediaDir, 'link.mp4'));
execFileSync('mkfifo', [path.join(mediaDir, 'pipe.mp4')]);

const check = (url: string, dir: string | null = mediaDir) => checkCameraUrl(url, { base, mediaDir: dir });

describe('checkCameraUrl', () => {
  it('lets RTSP and files of the media folder through', () => {
    expect(check('rtsp://user:pass@10.0.0.5/stream1')).toBe('rtsp://user:pass@10.0.0.5/stream1');
    expect(check('media/lobby.mp4')).toBe(path.join(mediaDir, 'lobby.mp4'));
  });

  it.each([
    'http://10.0.0.5/stream',
    'concat:media/lobby.mp4',
    'file:///etc/passwd',
    'rtsp://',
    'secret.mp4',
    'media/../secret.mp4',
    'media/link.mp4',
    'media/pipe.mp4',
    'media',
    '/proc/self/environ',
    'media/missing.mp4',
  ])('refuses %s', (url) => {
    expect(() => check(url)).toThrow(expect.objectContaining({ code: 'camera.url_refused' }) as Error);
  });

  it('opens any regular file that was typed on the command line, but no FIFO', () => {
    expect(check('secret.mp4', null)).toBe(path.join(base, 'secret.mp4'));
    expect(() => check('media/pipe.mp4', null)).toThrow('regular file');
  });

  it('never repeats a password', () => {
    expect(() => check('http://user:hunter2@host/')).toThrow(/^(?!.*hunter2)/s);
  });
});
