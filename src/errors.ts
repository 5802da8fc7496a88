/** What an error means for the caller; the kind alone decides retry, HTTP status and restart. */
export type ErrorKind = 'invalid' | 'not_found' | 'unavailable' | 'overloaded' | 'timeout' | 'bug';

/** Every code the product emits, with its kind. A code is stable: clients and tests match on it. */
const errorKinds = {
  'config.invalid': 'invalid',
  'config.read_only': 'invalid',
  'config.write_failed': 'unavailable',
  'config.apply_failed': 'unavailable',
  'request.invalid': 'invalid',
  'request.forbidden': 'invalid',
  'request.not_found': 'not_found',
  'request.too_large': 'invalid',
  'request.not_json': 'invalid',
  'request.unauthorized': 'invalid',
  'request.method_not_allowed': 'invalid',
  'request.rate_limited': 'overloaded',
  'request.key_reused': 'invalid',
  'model.missing': 'invalid',
  'model.hash_mismatch': 'invalid',
  'model.shape_mismatch': 'invalid',
  'model.damaged': 'invalid',
  'model.over_budget': 'unavailable',
  'model.load_failed': 'unavailable',
  'model.download_failed': 'unavailable',
  'vlm.not_loaded': 'unavailable',
  'vlm.failed': 'unavailable',
  'vlm.deadline': 'timeout',
  'vlm.bad_output': 'invalid',
  'agent.failed': 'unavailable',
  'agent.deadline': 'timeout',
  'agent.overloaded': 'overloaded',
  'agent.bad_output': 'invalid',
  'trace.not_found': 'not_found',
  'camera.not_found': 'not_found',
  'camera.url_refused': 'invalid',
  'camera.exists': 'invalid',
  'calibration.under_way': 'invalid',
  'calibration.version_not_found': 'not_found',
  'calibration.failed': 'unavailable',
  'calibration.damaged': 'invalid',
  'event.not_found': 'not_found',
  'alert.not_found': 'not_found',
  'alert.channel_not_found': 'not_found',
  'alert.channel_off': 'invalid',
  'alert.delivery_failed': 'unavailable',
  'alert.channel_gone': 'unavailable',
  'snapshot.not_found': 'not_found',
  'clip.not_found': 'not_found',
  'clip.range_invalid': 'invalid',
  'clip.unsupported': 'unavailable',
  'clip.too_many': 'overloaded',
  'clip.no_space': 'unavailable',
  'clip.write_failed': 'unavailable',
  'camera.open_failed': 'unavailable',
  'camera.unauthorized': 'unavailable',
  'camera.stalled': 'unavailable',
  'camera.stream_ended': 'unavailable',
  'camera.not_streaming': 'unavailable',
  'camera.frame_rejected': 'unavailable',
  'camera.decoder_missing': 'unavailable',
  'gpu.lost': 'unavailable',
  'gpu.deadline': 'timeout',
  'gpu.overloaded': 'overloaded',
  'gpu.inference_failed': 'unavailable',
  'store.locked': 'unavailable',
  'store.open_failed': 'unavailable',
  'store.write_failed': 'unavailable',
  'store.overloaded': 'overloaded',
  'store.deadline': 'timeout',
  'thread.lost': 'unavailable',
  'thread.deadline': 'timeout',
  'listen.failed': 'unavailable',
  'overload.refused': 'unavailable',
  'bench.missing': 'unavailable',
  'service.failed': 'unavailable',
  'service.stopping': 'unavailable',
  bug: 'bug',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export const errorCodes = Object.keys(errorKinds) as [ErrorCode, ...ErrorCode[]];

/** Structured-cloneable form of an {@link AppError}: what crosses threads, where a class would lose its fields. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  data: Readonly<Record<string, string | number | boolean>>;
  /** Message and stack of what lay beneath, for the log only. */
  cause?: string;
}

/** The one error class: an expected failure with a stable `code`. Its message names the thing and the fix. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly kind: ErrorKind;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data: ErrorRecord['data'] = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = errorKinds[code];
  }

  toRecord(): ErrorRecord {
    const record: ErrorRecord = { code: this.code, message: this.message, data: this.data };
    if (this.cause !== undefined) record.cause = describe(this.cause);
    return record;
  }

  static fromRecord(record: ErrorRecord): AppError {
    return new AppError(record.code, record.message, record.data, record.cause);
  }

  /** Wraps anything thrown; what is not an AppError already is a bug and carries its origin as `cause`. */
  static from(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    return new AppError('bug', thrown instanceof Error ? thrown.message : String(thrown), {}, thrown);
  }
}

function describe(cause: unknown): string {
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return String(cause);
}
