/** The state of a camera in words. */
import { sentenceCase } from '../elements.js';
import { momentText } from '../times.js';

const stateNames = {
  connecting: 'Connecting',
  streaming: 'Live',
  stalled: 'Stalled',
  backing_off: 'Reconnecting',
  quarantined: 'Quarantined',
  paused: 'Paused',
  stopped: 'Stopped',
};

const certaintyTexts = {
  provisional: 'provisional: from less than 2 minutes',
  fair: 'fair: more footage will make it surer',
  good: 'good',
};

/** A state that this page does not know is shown as it came. */
export function stateName(state) {
  return stateNames[state] ?? sentenceCase(state);
}

/** How far a camera's calibration can be relied on. */
export function certaintyText(certainty) {
  return certainty === null ? 'none yet' : (certaintyTexts[certainty] ?? certainty);
}

/** Why a camera has nothing to tell at present, each to follow its name. */
export function silenceOf({ state, paused, watching, threshold, muted, muted_until: until }) {
  const muting = until === null ? 'is muted' : `is muted until ${momentText(until)}`;
  if (paused) return ['is paused', ...(muted ? [muting] : [])];
  return [
    state !== 'streaming' && 'sends no picture',
    state === 'streaming' && threshold === null && 'still learns what is ordinary',
    !watching && 'is outside of its hours',
    muted && muting,
  ].filter(Boolean);
}
