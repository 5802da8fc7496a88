import {
  appendAudit,
  auditEntry,
  readAudit,
  rotateAudit,
  type AuditEntry,
  type AuditedAct,
} from '../../access/audit.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';

export interface AuditLogOptions {
  dataDir: string;
  clock: Clock;
  /** Told at the first failure of a row of them. */
  onFailure: (error: AppError) => void;
}

const WAITING_MAX = 1_000;
const BATCH_MAX = 100;

/** Writes the audit log, in order, behind those who record: a disk that is full or slow holds nobody up. */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #waiting: AuditEntry[] = [];
  #writing: Promise<void> | null = null;
  #lost = 0;
  #failing = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** How many entries did not reach the disk. */
  get lost(): number {
    return this.#lost;
  }

  record(act: AuditedAct): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(auditEntry(act, this.#options.clock.wallTime()));
    this.#writing ??= this.#writeAll();
  }

  /** Newest first, those included that were recorded just now. `before` is the id of an entry. */
  async read(limit: number, before: string | null): Promise<AuditEntry[]> {
    await this.flush();
    return readAudit(this.#options.dataDir, limit, before);
  }

  /** Resolves when all that was recorded is written, or lost. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      try {
        await rotateAudit(this.#options.dataDir);
        await appendAudit(this.#options.dataDir, batch);
        this.#failing = false;
      } catch (thrown) {
        this.#failed(batch.length, thrown);
      }
    }
    this.#writing = null;
  }

  #failed(count: number, thrown: unknown): void {
    this.#lost += count;
    if (this.#failing) return;
    this.#failing = true;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    this.#options.onFailure(
      new AppError('store.write_failed', `the audit log is not written: ${why}`, {}, thrown),
    );
  }
}
