/** The configuration as it is now, and the only way to change it. */
import type { Config } from './config.js';

export interface ConfigChange {
  path: readonly string[];
  /** As the file writes it; undefined removes the setting, so that its default holds. */
  value: unknown;
}

/** `requestId`: of the request that asked for the change; null when the file was changed. */
export type ConfigListener = (
  next: Config,
  previous: Config,
  requestId: string | null,
) => Promise<void> | void;

export interface Settings {
  readonly config: Config;
  /**
   * Validates, writes the file atomically with its comments kept, and applies. One edit runs at a time. Throws
   * `config.invalid` (field named), `config.read_only`, `config.write_failed`.
   */
  edit(changes: readonly ConfigChange[], requestId: string): Promise<Config>;
  /** Each is awaited in order on every change, also on a reload of the file. */
  subscribe(listener: ConfigListener): void;
}

/** The configuration as it may be shown. */
export interface ConfigView {
  /** With its defaults; `***` in place of secrets. */
  config: Record<string, unknown>;
  file: string;
  /** Settings that a variable or an option decides, whatever the file says. */
  overridden: { setting: string; origin: string }[];
  /** Settings that changed since the start and take effect with the next one. */
  restart_required: string[];
  /** What is wrong with the file, while an older configuration is in force. */
  reload_error: string | null;
}

/** What the API makes of the configuration. */
export interface ConfigDesk {
  view(): ConfigView;
  /** Applies a JSON merge patch (RFC 7396). Throws as {@link Settings.edit} does. */
  patch(patch: Readonly<Record<string, unknown>>, requestId: string): Promise<ConfigView>;
}
