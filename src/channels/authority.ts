import { readFileSync } from 'node:fs';
import { AppError } from '../errors.js';

/** The PEM text of a channel's `ca_file`; undefined when the public authorities are to be trusted. */
export function authorityIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'alert.delivery_failed',
      `cannot read ca_file ${file}; check the path`,
      { file },
      error,
    );
  }
}
