/** Which requests the log is told of: those that failed, changes that were refused, and slow ones. */
import type { Clock } from '../../clock.js';
import type { AppError, ErrorRecord } from '../../errors.js';
import { RateLimit } from './rate-limit.js';

/** Those of requests that change nothing. */
export const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A request that was answered, spelled as the log and the audit log have it. */
export interface AnsweredRequest {
  request_id: string;
  method: string;
  /** As declared, such as /api/cameras/{id}; `none` for what is not there. */
  route: string;
  status: number;
  /** From its head to the head of the reply. */
  ms: number;
}

/** `failed`: by our fault; `refused`: a change that was not made; `slow`: answered, but after more than a second. */
export type NewsKind = 'failed' | 'refused' | 'slow';

/** A failure comes with its error, a refusal with the code only: what was wrong with it is in its answer. */
export interface RequestNews extends AnsweredRequest, Partial<ErrorRecord> {
  kind: NewsKind;
  /** How many of the kind were left out since the last one that was told. */
  left_out?: number;
}

const SLOW_MS = 1_000;
const PER_MINUTE = 60;

/** Tells of up to 60 requests of a kind at once, and one a second after that: nobody shall fill the disk by knocking. */
export class RequestReporter {
  readonly #tell: (news: RequestNews) => void;
  readonly #limit: RateLimit;
  readonly #leftOut: Record<NewsKind, number> = { failed: 0, refused: 0, slow: 0 };

  constructor(tell: (news: RequestNews) => void, clock: Clock) {
    this.#tell = tell;
    this.#limit = new RateLimit({ perS: PER_MINUTE / 60, burst: PER_MINUTE, clock });
  }

  /** @param failure what the answer tells of, where it was thrown */
  answered(request: AnsweredRequest, failure?: AppError): void {
    const kind = kindOf(request);
    if (kind === null) return;
    if (this.#limit.take(kind) > 0) {
      this.#leftOut[kind] += 1;
      return;
    }
    const leftOut = this.#leftOut[kind];
    this.#leftOut[kind] = 0;
    const error = kind === 'failed' ? failure?.toRecord() : failure && { code: failure.code };
    const missing = leftOut > 0 ? { left_out: leftOut } : {};
    this.#tell({ kind, ...request, ms: Math.round(request.ms), ...error, ...missing });
  }
}

function kindOf({ method, status, ms }: AnsweredRequest): NewsKind | null {
  if (status >= 500) return 'failed';
  if (status >= 400 && !readingMethods.has(method)) return 'refused';
  return ms > SLOW_MS ? 'slow' : null;
}
