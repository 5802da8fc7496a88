import { describe, expect, it } from 'vitest';
import { plot } from './plot.js';

const axes = { xName: 'cameras', yMax: 1 };
const line = (...points: [number, number][]) => [{ name: 'CPU <all>', points }];

describe('a plot', () => {
  it('has numbers at its axes that are easy to read', () => {
    const drawn = plot(line([1, 271], [32, 1542]), axes);
    for (const number of ['0', '500', '1000', '1500', '2000']) expect(drawn).toContain(`>${number}</text>`);
  });

  it('shows a limit, a mark and a legend of several lines, as text and nothing else', () => {
    const given = { ...axes, limit: { y: 20, name: 'level <1>' }, mark: { x: 31, name: '31 fit' } };
    const drawn = plot([...line([1, 2], [32, 19]), ...line([1, 3])], given);
    for (const text of ['level &lt;1&gt;', '31 fit', 'CPU &lt;all&gt;']) expect(drawn).toContain(text);
  });

  it('says so when nothing was measured, and leaves out what is no number', () => {
    expect(plot(line([1, NaN]), axes)).toContain('Nothing was measured');
    expect(plot(line([1, NaN], [2, 5]), axes)).not.toContain('NaN');
  });
});
