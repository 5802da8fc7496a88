/** The text of a configuration as YAML: what it says, and in which line. */
import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Pair,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { ConfigPath } from './shape.js';

/** So many levels of aliases a file may unfold into; a few lines could fill the memory otherwise. */
const MAX_ALIASES = 100;
const MAX_SYNTAX_ERRORS = 20;

export interface ConfigDocument {
  yaml: Document;
  /** What the text says, as plain values. */
  values: unknown;
  /** Why it is not YAML; then there are no values. */
  syntaxErrors: { line: number; message: string }[];
  /** 1-based line of a setting, or of the nearest one around it; null where the text says nothing of it. */
  lineOf: (path: ConfigPath) => number | null;
}

export function readDocument(text: string): ConfigDocument {
  const lines = new LineCounter();
  // Pretty errors quote the text, which may hold a password.
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntaxErrors = [...yaml.errors, ...yaml.warnings]
    .slice(0, MAX_SYNTAX_ERRORS)
    .map((error) => ({ line: lines.linePos(error.pos[0]).line, message: explained(error, text) }));
  const lineOf = (path: ConfigPath): number | null => {
    const start = startOf(yaml, path);
    return start === null ? null : lines.linePos(start).line;
  };
  if (syntaxErrors.length > 0) return { yaml, values: {}, syntaxErrors, lineOf };
  try {
    return { yaml, values: yaml.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}, syntaxErrors, lineOf };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { yaml, values: {}, syntaxErrors: [{ line: 1, message: `the aliases: ${message}` }], lineOf };
  }
}

/** By the text of its key: `1:` is found as '1'. */
export function pairOf(map: YAMLMap, key: PropertyKey): Pair | undefined {
  return map.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
}

function startOf(yaml: Document, path: ConfigPath): number | null {
  let node: unknown = yaml.contents;
  let start: number | null = null;
  for (const key of path) {
    const found = isMap(node) ? pairOf(node, key) : undefined;
    const item = isCollection(node) && !isMap(node) ? node.items[Number(key)] : found?.value;
    const range = rangeOf(found?.key) ?? rangeOf(item);
    if (range === undefined) return start;
    start = range[0] ?? start;
    node = item;
  }
  return start;
}

function rangeOf(node: unknown): readonly number[] | undefined {
  return typeof node === 'object' && node !== null && 'range' in node
    ? ((node.range as readonly number[] | null | undefined) ?? undefined)
    : undefined;
}

const explanations: Partial<Record<YAMLError['code'], (word: string) => string>> = {
  DUPLICATE_KEY: (word) => `${word} stands here a second time; keep one of them`,
  TAB_AS_INDENT: () => 'a tab indents this line; use spaces',
  MULTIPLE_DOCS: () =>
    'a second document begins here; one file holds one configuration, so remove the line ---',
  TAG_RESOLVE_FAILED: (word) =>
    `${word} is not known; secrets are written as {NUNCHI_NAME} or {file:/run/secrets/name}`,
};

function explained({ code, message, pos: [from] }: YAMLError, text: string): string {
  const word = /^[^\s:,{}[\]]*/.exec(text.slice(from, from + 100))?.[0] ?? '';
  return explanations[code]?.(word) ?? message;
}
