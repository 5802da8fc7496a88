/** What the shipped VLM is taught to say of a candidate: its whole answer, so that all policy is in one place. */
import { usualSeverity, type VerdictLabel, type VlmAnswer } from '../verification/verdict.js';
import type { AnomalyKind } from './demo-cameras.js';

/** What can be told of a drawn region. */
export type DrawnLabel = Extract<VerdictLabel, AnomalyKind | 'normal'>;

/** Where something moves, as the camera sees it. */
export type Heading = 'left' | 'right' | 'towards' | 'away';

const directions: Record<Heading, string> = {
  left: 'to the left',
  right: 'to the right',
  towards: 'towards the camera',
  away: 'away from the camera',
};

/** `seen`: in how many of the five pictures of the region it shows; only what moves has a heading. */
export interface Sighting {
  readonly label: DrawnLabel;
  readonly heading: Heading;
  readonly seen: number;
}

export function answerOf({ label, heading, seen }: Sighting): VlmAnswer {
  const normal = label === 'normal';
  return {
    label,
    severity: usualSeverity[label],
    confidence: normal ? 0.9 : confidenceOf(seen),
    description: describe(label, directions[heading]),
    evidence: normal ? [] : [`seen in ${seen} of 5 pictures`],
  };
}

/** The more pictures show it, the surer. */
function confidenceOf(seen: number): number {
  if (seen >= 3) return 0.9;
  return seen === 2 ? 0.7 : 0.5;
}

function describe(label: DrawnLabel, direction: string): string {
  switch (label) {
    case 'normal':
      return 'Nothing out of the ordinary.';
    case 'running':
      return `A person runs ${direction}.`;
    case 'wrong_way':
      return `A person hurries against the usual direction, ${direction}.`;
    case 'vehicle':
      return `A vehicle drives ${direction}.`;
    case 'fall':
      return 'A person lies on the ground.';
    case 'loitering':
      return 'A person lingers in one place.';
    case 'left_bag':
      return 'A bag stands alone.';
    case 'smoke':
      return 'Smoke and flames rise.';
  }
}
