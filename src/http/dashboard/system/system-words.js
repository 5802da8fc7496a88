/** What the product leaves undone, and because of what, in words. */

const overloadTexts = {
  normal: 'Nothing is left out',
  live_reduced: 'Live pictures come at 2 a second',
  vad_reduced:
    'Live pictures come at 2 a second, and the quieter half of the cameras is judged half as often',
  vlm_reduced:
    'Live pictures come at 2 a second, the quieter half of the cameras is judged half as often, and a model sees one picture instead of four',
};

const tooMuchTexts = {
  drop_ratio: 'frames were dropped',
  score_delay_ms: 'scores came late',
  loop_delay_ms: 'the main thread was late',
};

/** A state or reason that this page does not know is shown as it came. */
export function overloadText(state) {
  return overloadTexts[state] ?? state;
}

export function tooMuchText(why) {
  return tooMuchTexts[why] ?? why;
}
