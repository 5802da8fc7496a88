import { statSync } from 'node:fs';
import type { Admission, Doorkeeper } from '../../access/access.js';
import { configuredTokens, type AccessToken } from '../../access/access-tokens.js';
import { every, type Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import {
  readLastUsed,
  readTokens,
  tokensFile,
  writeLastUsed,
  type LastUsed,
} from '../../access/tokens-file.js';
import { KeyRing, type DoorRules } from './key-ring.js';

export interface TokenStoreOptions {
  dataDir: string;
  /** `http.tokens`. */
  configured: readonly string[];
  rules: DoorRules;
  clock: Clock;
  /** The file became unreadable: the tokens stay as they were. */
  onFailure: (error: AppError) => void;
}

/** A revoked token must be out within a second; looking is one system call. */
const LOOK_PERIOD_MS = 400;
/** To the minute is enough for people who wonder whether a token is still needed. */
const LAST_USED_PERIOD_MS = 60_000;

/** The tokens of the configuration and of the data folder, whose file another process changes. */
export class TokenStore implements Doorkeeper {
  readonly #options: TokenStoreOptions;
  readonly #ring: KeyRing;
  #configured: AccessToken[];
  #filed: AccessToken[];
  #version: string;
  #lastUsed: LastUsed;
  #usedSinceSaved = false;
  #cancel: (() => void)[] = [];

  /** Reads the file. Throws `config.invalid` when it is damaged. */
  constructor(options: TokenStoreOptions) {
    const { dataDir, configured, rules, clock } = options;
    this.#options = options;
    this.#version = versionOf(dataDir);
    this.#configured = configuredTokens(configured);
    this.#filed = readTokens(dataDir);
    this.#lastUsed = readLastUsed(dataDir);
    this.#ring = new KeyRing(rules, this.#tokens, clock.wallTime());
  }

  /** Begins to follow the file, and the clock for what expires. */
  start(): void {
    const { clock } = this.#options;
    this.#cancel = [
      every(clock, LOOK_PERIOD_MS, () => {
        this.#look();
      }),
      every(clock, LAST_USED_PERIOD_MS, () => {
        this.#saveLastUsed();
      }),
    ];
  }

  stop(): void {
    for (const cancel of this.#cancel.splice(0)) cancel();
    this.#saveLastUsed();
  }

  /** `http.tokens` changed. */
  configure(configured: readonly string[]): void {
    this.#configured = configuredTokens(configured);
    this.#apply();
  }

  admit(token: string): Admission | null {
    const admission = this.#ring.admit(token);
    if (admission === null) return null;
    this.#lastUsed[admission.caller.name] = Math.floor(this.#options.clock.wallTime());
    this.#usedSinceSaved = true;
    return admission;
  }

  admitWithout(): Admission | null {
    return this.#ring.admitWithout();
  }

  get #tokens(): AccessToken[] {
    return [...this.#configured, ...this.#filed];
  }

  #look(): void {
    const version = versionOf(this.#options.dataDir);
    if (version !== this.#version) {
      this.#version = version;
      this.#reread();
    }
    this.#apply();
  }

  #reread(): void {
    try {
      this.#filed = readTokens(this.#options.dataDir);
    } catch (thrown) {
      this.#options.onFailure(AppError.from(thrown));
    }
  }

  #apply(): void {
    this.#ring.replace(this.#tokens, this.#options.clock.wallTime());
  }

  #saveLastUsed(): void {
    if (!this.#usedSinceSaved) return;
    this.#usedSinceSaved = false;
    const known = new Set(this.#tokens.map(({ name }) => name));
    this.#lastUsed = Object.fromEntries(Object.entries(this.#lastUsed).filter(([name]) => known.has(name)));
    try {
      writeLastUsed(this.#options.dataDir, this.#lastUsed);
    } catch (thrown) {
      // A full disk: the next minute may do better, and nothing depends on it.
      this.#options.onFailure(notSaved(thrown));
    }
  }
}

/** Changes with every replacement of the file. */
function versionOf(dataDir: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(tokensFile(dataDir));
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch (thrown) {
    return String(thrown);
  }
}

function notSaved(thrown: unknown): AppError {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('store.write_failed', `when tokens were last used is not saved: ${why}`, {}, thrown);
}
