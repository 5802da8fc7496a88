/** From the text of a configuration to its values, or to everything that is wrong with it. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { configSchema, type Config } from './config.js';
import { checkNames, checkUrls } from './checks.js';
import { readDocument } from './document.js';
import { layOver, type Override } from './overrides.js';
import { describeProblem, problemsOf, type Problem } from './problems.js';
import type { ConfigPath } from './shape.js';
import { resolveReferences } from './values.js';
import { AppError } from '../errors.js';

const MAX_FILE_BYTES = 4_194_304;

/** Where the configuration of a process comes from. */
export interface ConfigSource {
  /** Absolute. */
  file: string;
  /** The product's own file beside its data, which the first change through the API makes; null is how it begins. */
  isOwn: boolean;
  /** Folder that relative paths in the file start from. */
  base: string;
  overrides: readonly Override[];
  environment: NodeJS.ProcessEnv;
  /** Cameras that the file does not have, and where they come from instead: an option, the demo. */
  fixedCameras: ReadonlyMap<string, string>;
}

/** The file's text; null for the product's own when there is none yet. Throws `config.invalid`. */
export function readConfigText({ file, isOwn }: Pick<ConfigSource, 'file' | 'isOwn'>): string | null {
  try {
    if (statSync(file).size > MAX_FILE_BYTES)
      throw new AppError('config.invalid', `${file} is larger than 4 MiB; it cannot be a configuration`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof AppError) throw error;
    // A data folder that is none is told by whoever writes there.
    if (isOwn && ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    const message = `cannot read the configuration ${file}; check ${isOwn ? 'who may read it' : '--config'}`;
    throw new AppError('config.invalid', message, { file }, error);
  }
}

/** A configuration, and what it was made of. */
export interface LoadedConfig {
  source: ConfigSource;
  /** Of the file; null while the product's own does not exist. */
  text: string | null;
  config: Config;
}

interface Reading {
  /** Whether somebody has seen the text: only then do its line numbers say something. */
  isSeen?: boolean;
  /** Whether its cameras are to be opened, so that they must be there. */
  opensCameras?: boolean;
}

/** Reads the configuration as a process starts. Throws `config.invalid` naming everything that is wrong. */
export function loadSource(source: ConfigSource, reading: Reading = {}): LoadedConfig {
  const text = readConfigText(source);
  return { source, text, config: configOf(source, text ?? '', null, reading) };
}

/**
 * The configuration that `text` makes, its folders absolute. `previous` is the one that is in force; null at the start.
 * Throws `config.invalid` naming line, key, value and fix of everything that is wrong.
 */
export function configOf(
  source: ConfigSource,
  text: string,
  previous: Config | null,
  { isSeen = true, opensCameras = true }: Reading = {},
): Config {
  const found = parse(text, source);
  if (found.config === null) throw invalid(found, text, source, isSeen);
  const { config } = found;
  const isOverridden = source.overrides.some((override) => override.path[0] === 'data_dir');
  config.data_dir = path.resolve(isOverridden ? process.cwd() : source.base, config.data_dir);
  config.media_dir = path.resolve(source.base, config.media_dir);
  const problems = [
    ...checkNames(config, new Set(source.fixedCameras.keys())),
    ...(opensCameras ? checkUrls(config, source.base, previous) : []),
  ];
  if (problems.length > 0) throw invalid({ problems }, text, source, isSeen);
  return config;
}

/**
 * The configuration of a file (defaults alone without one), under the overrides, without looking at what its settings
 * name. Throws `config.invalid`.
 */
export function loadConfig(
  file: string | undefined,
  overrides: readonly Override[],
  environment: NodeJS.ProcessEnv,
): Config {
  const source = { file: file ?? 'configuration', isOwn: false, overrides, environment };
  const text = file === undefined ? '' : (readConfigText({ file, isOwn: false }) ?? '');
  const found = parse(text, source);
  if (found.config === null) throw invalid(found, text, source, true);
  return found.config;
}

type TextSource = Omit<ConfigSource, 'base' | 'fixedCameras'>;

function parse(text: string, source: TextSource): { config: Config | null; problems: Problem[] } {
  const { values, syntaxErrors } = readDocument(text);
  if (syntaxErrors.length > 0) return { config: null, problems: [] };
  const problems: Problem[] = [];
  if (source.isOwn && valueAt(values, ['data_dir']) !== undefined) {
    problems.push({ path: ['data_dir'], message: 'this file lies in it; use --data-dir or NUNCHI_DATA_DIR' });
  }
  const settings = resolveReferences(values, source.environment, (at, message) => {
    problems.push({ path: at, message });
  });
  if (!isMap(settings))
    return { config: null, problems: [{ path: [], message: 'write settings as key: value' }] };
  layOver(settings, source.overrides);
  const result = configSchema.safeParse(settings);
  if (result.success) return { config: problems.length > 0 ? null : result.data, problems };
  const unresolved = new Set(problems.map((problem) => problem.path.join('.')));
  const given = (at: ConfigPath): unknown => overrideAt(source, at)?.value ?? valueAt(values, at);
  const refused = problemsOf(result.error, given).filter(({ path: at }) => !unresolved.has(at.join('.')));
  return { config: null, problems: [...problems, ...refused] };
}

function invalid(
  { problems }: { problems: readonly Problem[] },
  text: string,
  source: TextSource,
  isSeen: boolean,
): AppError {
  const { syntaxErrors, lineOf } = readDocument(text);
  const where = (at: ConfigPath): string => {
    const override = overrideAt(source, at);
    if (override !== undefined) return override.origin;
    if (!isSeen) return '';
    const line = lineOf(at);
    return line === null ? source.file : `${source.file}:${line}`;
  };
  const lines = [
    ...syntaxErrors.map(({ line, message }) => `${source.file}:${line}: ${message}`),
    ...problems.map((problem) => describeProblem(problem, where(problem.path))),
  ];
  const field = problems[0]?.path.map(String).join('.');
  return new AppError('config.invalid', lines.join('\n'), field === undefined ? {} : { field });
}

function overrideAt({ overrides }: Pick<ConfigSource, 'overrides'>, at: ConfigPath): Override | undefined {
  return overrides.find(({ path: own }) => own.every((key, i) => key === at[i]));
}

/** What stands in plain values at a path; undefined where there is nothing. */
export function valueAt(values: unknown, at: ConfigPath): unknown {
  return at.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    return (inner as Record<PropertyKey, unknown>)[key];
  }, values);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
