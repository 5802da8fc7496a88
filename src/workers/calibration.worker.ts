/** What the thread of the calibration pool runs: one fit at a time, seconds of CPU time and no I/O. */
import { fitCalibration, type Calibration } from '../scoring/calibration.js';

export default function fit(task: Parameters<typeof fitCalibration>): Calibration {
  return fitCalibration(...task);
}
