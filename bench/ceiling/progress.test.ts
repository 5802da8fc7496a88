import { expect, it } from 'vitest';
import { progressOn } from './progress.js';

function display(isTTY: boolean, columns = 80) {
  let written = '';
  return { isTTY, columns, write: (text: string) => (written += text), text: () => written };
}

it('draws one line again and again on a terminal, never wider than it, and takes it away', () => {
  const terminal = display(true, 30);
  const progress = progressOn(terminal);
  progress.show('16 cameras: measuring', 0.5);
  progress.say('16 cameras hold');
  progress.end();
  const [first, second, ...rest] = terminal.text().split('\r\x1b[K').slice(1);
  expect(first).toBe('██████████░░░░░░░░░░ 16 camer');
  expect(second).toBe('16 cameras hold\n');
  expect(rest).toEqual(['']);
});

it('writes only lines that stay where nothing can be drawn again', () => {
  const file = display(false);
  const progress = progressOn(file);
  progress.show('16 cameras: measuring', 0.5);
  progress.say('16 cameras hold');
  progress.end();
  expect(file.text()).toBe('16 cameras hold\n');
});
