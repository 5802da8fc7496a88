import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactUrl } from './redact.js';

describe('redactUrl', () => {
  it.each([
    ['rtsp://admin:secret@10.0.0.7:554/live', 'rtsp://***@10.0.0.7:554/live'],
    ['rtsp://admin@10.0.0.7/live', 'rtsp://***@10.0.0.7/live'],
    ['rtsps://a:p@ss/w?rd@cam/live', 'rtsps://***@cam/live'],
    [
      'rtsp://cam/live?user=admin&password=secret&channel=1',
      'rtsp://cam/live?user=***&password=***&channel=1',
    ],
    ['rtsp://cam/live', 'rtsp://cam/live'],
    ['/media/clips/a@b.mp4', '/media/clips/a@b.mp4'],
  ])('%s becomes %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  it('never shows a password, whatever characters it is made of', () => {
    const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(text, text, (user, password) => {
        expect(redactUrl(`rtsp://${user}:<${password}>@camera/live`)).not.toContain(`<${password}>`);
      }),
    );
  });
});
