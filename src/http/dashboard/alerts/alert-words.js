/** What became of alerts, in words. */

const statusNames = {
  sent: 'Sent',
  pending: 'Waiting',
  failed: 'Given up',
  held_back: 'Held back',
};

const heldBackBecause = {
  rule: 'the rules of the channel leave it out',
  disabled: 'the receiver of the channel was gone',
  snoozed: 'the channel was snoozed',
  muted: 'the camera was muted',
  quiet_hours: 'quiet hours',
  hourly_cap: 'the channel had told as many in this hour as it may',
  expired: 'it waited for a day',
  gave_way: 'too many were waiting',
  gone: 'the receiver said that it is gone',
  removed: 'the channel was removed',
};

const suppressedBecause = {
  duplicate: 'one of the same kind was told a moment before',
  rule: 'a rule says to ignore it',
};

const candidateBecause = {
  too_short: 'the score fell again at once',
  interrupted: 'the picture could not be judged any more',
};

/** A status or reason that this page does not know is shown as it came. */
export function statusName(status) {
  return statusNames[status] ?? status;
}

export function heldBackText(reason) {
  return heldBackBecause[reason] ?? reason;
}

export function suppressedText(reason) {
  return suppressedBecause[reason] ?? reason;
}

/** Why a candidate never became an event. */
export function nothingText(why) {
  return candidateBecause[why] ?? why;
}
