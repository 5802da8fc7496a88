/** Changes to the text of a configuration, with its comments and its order kept. */
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, type Document, type Node, type YAMLMap } from 'yaml';
import { pairOf, readDocument } from './document.js';
import { AppError } from '../errors.js';
import type { ConfigChange } from './settings.js';

/** From here on they are made together, and the lines between them may lose their blanks. */
const MANY = 50;

/**
 * The text with the changes made. Throws `config.read_only` where aliases of the file stand in the way, and
 * `config.invalid` when the text is not YAML.
 */
export function editText(text: string, changes: readonly ConfigChange[]): string {
  const plain = changes.map(({ path, value }) => ({ path, value: withoutUndefined(value) }));
  if (plain.length >= MANY) return edited(text, plain);
  return plain.reduce((before, change) => edited(before, [change]), text);
}

function edited(text: string, changes: readonly ConfigChange[]): string {
  const { yaml, values, syntaxErrors } = readDocument(text);
  const broken = syntaxErrors[0];
  if (broken !== undefined) {
    const message = `the file is broken in line ${broken.line}: ${broken.message}; correct it first`;
    throw new AppError('config.invalid', message);
  }
  const before = render(yaml, text);
  for (const change of changes) apply(yaml, change);
  const after = render(yaml, text);
  if (before === null || after === null) throw inAlias(changes);
  const result = mergeLines(text, before, after);
  // An anchor that is used elsewhere would carry the change along, or be gone.
  const wanted = changes.reduce<unknown>(changed, values);
  if (!isDeepStrictEqual(readDocument(result).values, wanted)) throw inAlias(changes);
  return result;
}

/**
 * What differs between `before` and `after`, in the old text, which `before` is another writing of: blanks and braces
 * stay as somebody put them in all other lines.
 */
function mergeLines(old: string, before: string, after: string): string {
  const [own, from, to] = [old, before, after].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ];
  if (own.length !== from.length) return after;
  const shortest = Math.min(from.length, to.length);
  let head = 0;
  while (head < shortest && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  return [...own.slice(0, head), ...to.slice(head, to.length - tail), ...own.slice(own.length - tail)].join(
    '\n',
  );
}

function apply(yaml: Document, { path, value }: ConfigChange): void {
  if (!isMap(yaml.contents)) yaml.contents = yaml.createNode({});
  const parents = path.slice(0, -1);
  const key = path.at(-1) ?? '';
  const map = parents.reduce<YAMLMap | null>(
    (within, name) => within && innerMap(yaml, within, name, value !== undefined),
    yaml.contents as YAMLMap,
  );
  if (map === null) return;
  const pair = pairOf(map, key);
  if (value === undefined) map.items = map.items.filter((other) => other !== pair);
  else if (pair === undefined) map.items.push(yaml.createPair(key, value));
  else pair.value = replacement(yaml, pair.value, value);
}

/** The map under a key; made when `make`, in place of what is no map there. Null when there is none. */
function innerMap(yaml: Document, map: YAMLMap, key: string, make: boolean): YAMLMap | null {
  const pair = pairOf(map, key);
  const found = pair?.value;
  if (isMap(found)) return found;
  if (isAlias(found)) throw inAlias([{ path: [key] }]);
  if (!make) return null;
  const made = yaml.createNode({}) as YAMLMap;
  if (pair === undefined) map.items.push(yaml.createPair(key, made));
  else pair.value = replacement(yaml, found, made);
  return made;
}

/** A node of the new value that keeps the comments of the old one, and the quotes of a text. */
function replacement(yaml: Document, old: unknown, value: unknown): Node {
  const made = yaml.createNode(value) as Node;
  if (typeof old !== 'object' || old === null) return made;
  const { comment, commentBefore, spaceBefore } = old as Node;
  if (typeof comment === 'string') made.comment = comment;
  if (typeof commentBefore === 'string') made.commentBefore = commentBefore;
  if (spaceBefore === true) made.spaceBefore = true;
  if (isScalar(old) && isScalar(made) && typeof value === 'string' && typeof old.value === 'string')
    if (old.type !== undefined) made.type = old.type;
  if (isMap(old) && isMap(made) && old.flow === true) made.flow = true;
  return made;
}

/** In the manner of the old text: its indentation, its line ends, no lines folded. Null when an alias lost its anchor. */
function render(yaml: Document, old: string): string | null {
  const indent = /^( +)\S/m.exec(old)?.[1]?.length ?? 2;
  const options = {
    lineWidth: 0,
    indent: Math.min(Math.max(indent, 1), 8),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m.test(old),
    flowCollectionPadding: !/\{[^\s}]/.test(old.replace(/\{(NUNCHI_|file:)/g, '')),
  };
  try {
    const text = yaml.toString(options);
    return old.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;
  } catch {
    return null;
  }
}

/** Plain values with one change made, the old ones untouched. */
function changed(values: unknown, { path, value }: ConfigChange): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const isMapHere = typeof values === 'object' && values !== null && !Array.isArray(values);
  if (value === undefined && (!isMapHere || !Object.hasOwn(values, key))) return values;
  const map = isMapHere ? (values as Record<string, unknown>) : {};
  const inner = changed(map[key], { path: rest, value });
  const others = Object.entries(map).filter(([name]) => name !== key);
  return Object.fromEntries(rest.length === 0 && value === undefined ? others : [...others, [key, inner]]);
}

/** As JSON has it: keys without a value are no keys. */
function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function inAlias(changes: readonly Pick<ConfigChange, 'path'>[]): AppError {
  const names = changes.map(({ path }) => path.join('.')).join(', ');
  const message = `${names}: the file uses an anchor and aliases there; change it in the file itself`;
  return new AppError('config.read_only', message);
}
