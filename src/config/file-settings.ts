/** The configuration of a running product: the file is watched, and changed when the API asks for it. */
import { stat } from 'node:fs/promises';
import { replaceFile } from '../atomic-file.js';
import { every, type Clock } from '../clock.js';
import type { Config } from './config.js';
import { changesOf, checkChange } from './access.js';
import { changedPaths, restartRequired } from './changes.js';
import { readDocument } from './document.js';
import { editText } from './edit.js';
import { configOf, readConfigText, type LoadedConfig } from './file.js';
import { maskedConfig } from './secrets.js';
import { AppError } from '../errors.js';
import type { ConfigChange, ConfigDesk, ConfigListener, ConfigView, Settings } from './settings.js';

/** A file that was the same for one period is taken for written. */
const WATCH_PERIOD_MS = 500;
const MAX_TEXT = 1_048_576;

export interface FileSettingsOptions {
  loaded: LoadedConfig;
  clock: Clock;
  /**
   * Told after each change is applied: the settings that changed, as `alerts.dedup_s`, and the request that asked for
   * it; null when the file was changed.
   */
  onChanged: (settings: string[], requestId: string | null) => void;
  /** Told of a file that is not taken over, or only in part: each time that it changed. */
  onFailure: (error: AppError) => void;
}

/**
 * Looks at the file by its name twice a second rather than listening for events: those get lost on network and container
 * mounts, and this follows replaced files and swapped links alike.
 */
export class FileSettings implements Settings, ConfigDesk {
  readonly #options: FileSettingsOptions;
  readonly #atStart: Config;
  readonly #listeners: ConfigListener[] = [];
  #config: Config;
  /** Of the file as it was last taken over or written. */
  #text: string | null;
  /** By which the file was last looked into, and by which it was last seen. */
  #known: string | null = null;
  #seen: string | null = null;
  #rejected: AppError | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(options: FileSettingsOptions) {
    this.#options = options;
    this.#atStart = options.loaded.config;
    this.#config = options.loaded.config;
    this.#text = options.loaded.text;
  }

  get config(): Config {
    return this.#config;
  }

  subscribe(listener: ConfigListener): void {
    this.#listeners.push(listener);
  }

  /** Begins to watch the file. What changed since it was loaded is taken over. */
  start(): void {
    let isLooking = false;
    this.#cancel = every(this.#options.clock, WATCH_PERIOD_MS, () => {
      if (isLooking) return;
      isLooking = true;
      void this.#look().finally(() => (isLooking = false));
    });
  }

  /** Stops watching; resolves once what is under way is done. */
  async stop(): Promise<void> {
    this.#cancel();
    await this.#last;
  }

  /** Takes the file over as it is now, with variables and secret files read anew; a bad one is told to `onFailure`. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      this.#known = await this.#signature();
      await this.#takeOver().catch((thrown: unknown) => {
        this.#options.onFailure(AppError.from(thrown));
      });
    });
  }

  edit(changes: readonly ConfigChange[], requestId: string): Promise<Config> {
    return this.#inTurn(() => this.#edit(() => changes, requestId));
  }

  async patch(patch: Readonly<Record<string, unknown>>, requestId: string): Promise<ConfigView> {
    const changesFor = (values: unknown) => changesOf(patch, maskedConfig(this.#config), values);
    await this.#inTurn(() => this.#edit(changesFor, requestId));
    return this.view();
  }

  /** What is wrong with the file, while an older configuration is in force. */
  get failure(): AppError | null {
    return this.#rejected;
  }

  view(): ConfigView {
    const { file, overrides } = this.#options.loaded.source;
    return {
      config: maskedConfig(this.#config),
      file,
      overridden: overrides.map(({ path, origin }) => ({ setting: path.join('.'), origin })),
      restart_required: restartRequired(this.#atStart, this.#config),
      reload_error: this.#rejected?.message ?? null,
    };
  }

  async #edit(changesFor: (values: unknown) => readonly ConfigChange[], requestId: string): Promise<Config> {
    const { source } = this.#options.loaded;
    // Somebody else's change comes first, and is never written over.
    await this.#takeOver();
    const { values } = readDocument(this.#text ?? '');
    const changes = changesFor(values);
    for (const change of changes) checkChange(change, source, values);
    const text = editText(this.#text ?? '', changes);
    if (changes.length === 0 || text === this.#text) return this.#config;
    if (text.length > MAX_TEXT)
      throw new AppError('config.invalid', 'the configuration would be larger than 1 MiB');
    const next = configOf(source, text, this.#config, { isSeen: false });
    await this.#write(text);
    await this.#apply(next, requestId);
    return this.#config;
  }

  async #write(text: string): Promise<void> {
    const { file } = this.#options.loaded.source;
    try {
      await replaceFile(file, text);
    } catch (error) {
      throw writeFailed(file, error as NodeJS.ErrnoException);
    }
    this.#text = text;
    this.#known = await this.#signature();
  }

  /** Throws `config.invalid`; the old configuration stays in force then. */
  async #takeOver(): Promise<void> {
    const { source } = this.#options.loaded;
    try {
      const text = readConfigText(source);
      if (text === null && this.#text !== null)
        throw new AppError('config.invalid', `${source.file} is gone; put it back, or restart without it`);
      const next = configOf(source, text ?? '', this.#config);
      this.#text = text;
      this.#rejected = null;
      await this.#apply(next, null);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code !== 'config.apply_failed') this.#rejected = error;
      throw error;
    }
  }

  async #apply(next: Config, requestId: string | null): Promise<void> {
    const previous = this.#config;
    const changed = changedPaths(previous, next).map((path) => path.join('.'));
    if (changed.length === 0) return;
    this.#config = next;
    const failures: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        await listener(next, previous, requestId);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    this.#options.onChanged(changed, requestId);
    if (failures.length > 0) throw applyFailed(failures);
  }

  async #look(): Promise<void> {
    const signature = await this.#signature();
    const isStable = signature === this.#seen;
    this.#seen = signature;
    if (isStable && signature !== this.#known) await this.reload();
  }

  /** Another one for another file or another content; null without a file. */
  async #signature(): Promise<string | null> {
    try {
      const { dev, ino, size, mtimeNs } = await stat(this.#options.loaded.source.file, { bigint: true });
      return [dev, ino, size, mtimeNs].join(':');
    } catch {
      return null;
    }
  }

  /** One after the other, whatever becomes of the ones before. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run, run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function writeFailed(file: string, error: NodeJS.ErrnoException): AppError {
  const fix =
    error.code === 'EBUSY'
      ? 'it is mounted by itself; mount its folder instead'
      : 'let the user of this process write it and its folder, or change the file yourself';
  const message = `cannot write ${file} (${error.code ?? error.message}): ${fix}`;
  return new AppError('config.write_failed', message, { file }, error);
}

function applyFailed(failures: readonly unknown[]): AppError {
  const reasons = failures.map((failure) => AppError.from(failure).message).join('; ');
  const message = `the configuration is changed, but a part of it does not work: ${reasons}`;
  return new AppError('config.apply_failed', message, {}, failures[0]);
}
