import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label } from './dataset.js';
import { macroAuc, microAuc, rocAuc, type ScoredFrames } from './roc.js';

/** Few distinct scores, so that ties are common. */
const frames = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom<Label>(0, 1)), { maxLength: 60 })
  .map(scoredFrames);

function scoredFrames(pairs: readonly (readonly [number, Label])[]): ScoredFrames {
  return { scores: pairs.map(([score]) => score), labels: pairs.map(([, label]) => label) };
}

/** The definition itself: every anomalous frame against every normal one. */
function areaByPairs({ scores, labels }: ScoredFrames): number | null {
  let won = 0;
  let pairs = 0;
  scores.forEach((anomalous, i) => {
    scores.forEach((normal, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs += 1;
      if (anomalous > normal) won += 1;
      if (anomalous === normal) won += 0.5;
    });
  });
  return pairs === 0 ? null : won / pairs;
}

describe('the area under the ROC curve', () => {
  it('is what counting every pair of an anomalous and a normal frame gives', () => {
    fc.assert(
      fc.property(frames, (clip) => {
        const [area, counted] = [rocAuc(clip), areaByPairs(clip)];
        if (counted === null) expect(area).toBeNull();
        else expect(area).toBeCloseTo(counted, 12);
      }),
    );
  });

  it('stays what it is when the scores are mapped monotonically', () => {
    fc.assert(
      fc.property(frames, ({ scores, labels }) => {
        const mapped = scores.map((score) => Math.exp(score / 3) - 100);
        expect(rocAuc({ scores: mapped, labels })).toEqual(rocAuc({ scores, labels }));
      }),
    );
  });

  it('turns over when the scores are negated', () => {
    fc.assert(
      fc.property(frames, ({ scores, labels }) => {
        const area = rocAuc({ scores, labels });
        const negated = rocAuc({ scores: scores.map((score) => -score), labels });
        fc.pre(area !== null);
        expect(negated).toBeCloseTo(1 - area, 12);
      }),
    );
  });

  it('is one half when all scores are tied', () => {
    expect(rocAuc({ scores: [0.3, 0.3, 0.3], labels: [1, 0, 1] })).toBe(0.5);
  });

  it('is 1 when every anomalous frame lies above every normal one', () => {
    expect(rocAuc({ scores: [0.1, 0.9, 0.2, 0.8], labels: [0, 1, 0, 1] })).toBe(1);
  });

  it('is nothing without frames of both kinds', () => {
    expect(rocAuc({ scores: [0.1, 0.9], labels: [1, 1] })).toBeNull();
    expect(rocAuc({ scores: [], labels: [] })).toBeNull();
  });
});

describe('several clips', () => {
  const clips = [
    scoredFrames([
      [1, 0],
      [2, 1],
    ]),
    scoredFrames([
      [7, 0],
      [8, 1],
    ]),
    scoredFrames([[0, 1]]),
  ];

  it('are pooled for the micro average, where the scale of each clip counts', () => {
    expect(microAuc(clips)).toBe(0.5);
  });

  it('count one by one for the macro average, without those of one kind', () => {
    expect(macroAuc(clips)).toBe(1);
    expect(macroAuc(clips.slice(2))).toBeNull();
  });
});
