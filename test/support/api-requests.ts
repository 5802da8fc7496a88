/** Requests made at random of the OpenAPI document: as it says, and otherwise. */
import fc from 'fast-check';
import type { ApiDocument, JsonSchema, Operation } from './api-document.js';

export interface ApiRequest {
  /** Of the document; null for one that it does not have. */
  operation: Operation | null;
  method: string;
  target: string;
  headers: Record<string, string>;
  body?: string;
}

/** Expensive or final: asked once each in the contract test, and not at random. */
const leftOut = new Set([
  'post /api/cameras/test',
  'post /api/alerts/channels/{name}/test',
  'get /api/events/export.csv',
  'get /api/events/export.parquet',
  'delete /api/cameras/{id}',
  'post /api/cameras',
  'post /api/cameras/{id}/calibrate',
  'patch /api/cameras/{id}',
  'patch /api/config',
]);
/** Of those that change what others rely on, only requests with something wrong are made. */
const onlyWrong = new Set(['post /api/cameras', 'patch /api/cameras/{id}', 'patch /api/config']);

const text = fc.string({ unit: 'binary', maxLength: 30 });
const wild = fc.oneof(
  text,
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e999',
    'NaN',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '%00',
    "' OR 1=1 --",
  ),
  fc.constantFrom('gate', 'yard', 'nobody', 'high', 'true', '2026-01-01', '\u202e\u0000', 'x'.repeat(5_000)),
  fc.double().map(String),
  fc.bigInt().map(String),
);
const deep = '['.repeat(20_000) + ']'.repeat(20_000);

/** Requests of any kind; `ids` are of what there is, by the name of the path's parameter. */
export function apiRequests(document: ApiDocument, ids: Readonly<Record<string, readonly string[]>>) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const asDeclared = operations.filter(({ path, method }) => !leftOut.has(`${method} ${path}`));
  const refused = operations.filter(({ path, method }) => onlyWrong.has(`${method} ${path}`));
  const any = [...asDeclared, ...refused];
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(...asDeclared).chain((one) => requestFor(document, one, ids, false)),
    },
    { weight: 4, arbitrary: fc.constantFrom(...any).chain((one) => requestFor(document, one, ids, true)) },
    { weight: 1, arbitrary: strayRequest(any.map(({ path }) => path)) },
  );
}

interface Wanted {
  path: string;
  method: string;
  operation: Operation;
}

function requestFor(
  document: ApiDocument,
  { path, method, operation }: Wanted,
  ids: Readonly<Record<string, readonly string[]>>,
  isWrong: boolean,
): fc.Arbitrary<ApiRequest> {
  const { parameters = [], requestBody } = operation;
  const value = (schema: JsonSchema): fc.Arbitrary<string> =>
    isWrong ? fc.oneof(wild, valueOf(document, schema).map(String)) : valueOf(document, schema).map(String);
  const known = (name: string): fc.Arbitrary<string> => {
    // A camera that is paused has no pictures for the requests after it.
    if (path.endsWith('/pause')) return wild.filter((id) => id !== 'gate' && id !== 'yard');
    const there = fc.constantFrom(...(ids[path.split('/')[2] ?? ''] ?? ids[name] ?? ['gate']));
    return isWrong ? fc.oneof(there, wild) : there;
  };
  const inPath = fc.record(
    Object.fromEntries(parameters.filter((p) => p.in === 'path').map((p) => [p.name, known(p.name)])),
  );
  const inQuery = fc.record(
    Object.fromEntries(parameters.filter((p) => p.in === 'query').map((p) => [p.name, value(p.schema)])),
    { requiredKeys: parameters.filter((p) => p.in === 'query' && p.required === true).map((p) => p.name) },
  );
  const schema = requestBody?.content?.['application/json']?.schema;
  const body = schema === undefined ? fc.constant(undefined) : bodyOf(document, schema, isWrong);
  const type = isWrong
    ? fc.constantFrom(
        'application/json',
        'application/json',
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
      )
    : fc.constant('application/json');
  return fc.record({ inPath, inQuery, body, type }).map((made) => {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(wellFormed(made.inPath[name] ?? 'x')),
    );
    const query = Object.entries(made.inQuery)
      .map(([name, given]) => `${name}=${encodeURIComponent(wellFormed(given))}`)
      .join('&');
    return {
      // A dot alone is another path by the time that it is sent.
      operation: /\/(?:\.|%2e)+(?:\/|$)|\/\/|\/$/i.test(filled) ? null : operation,
      method: method.toUpperCase(),
      target: filled + (query === '' ? '' : `?${query}`),
      headers: made.body === undefined ? {} : { 'content-type': made.type },
      ...(made.body !== undefined && { body: made.body }),
    };
  });
}

function bodyOf(document: ApiDocument, schema: JsonSchema, isWrong: boolean): fc.Arbitrary<string> {
  const valid = valueOf(document, schema);
  if (!isWrong) return valid.map((value) => JSON.stringify(value));
  return fc.oneof(
    // Every body gains a name that nobody declared, so that none of these is taken.
    fc
      .tuple(valid, wild, fc.jsonValue())
      .map(([value, name, more]) => JSON.stringify({ ...(value as object), [`x${name}`]: more })),
    fc.jsonValue().map((value) => JSON.stringify([value])),
    text,
    fc.constantFrom(
      '',
      '{',
      'null',
      '1',
      '"x"',
      deep,
      '{"__proto__":{"admin":true}}',
      '{"a":1e999}',
      '{"constructor":1}',
    ),
  );
}

function strayRequest(paths: readonly string[]): fc.Arbitrary<ApiRequest> {
  const path = fc.oneof(
    fc.constantFrom(...paths),
    wild.map((name) => `/api/${encodeURIComponent(wellFormed(name))}`),
  );
  const method = fc.constantFrom('PUT', 'PROPFIND', 'OPTIONS', 'PATCH', 'HEAD', 'REPORT');
  return fc.record({ method, target: path }).map(({ method, target }) => ({
    operation: null,
    method,
    target: target.replaceAll(/[{}]/g, ''),
    headers: {},
  }));
}

function wellFormed(given: string): string {
  return given.replaceAll(/[\ud800-\udfff]/gu, '\ufffd');
}

/** Values that a schema allows, as far as it says so. */
function valueOf(document: ApiDocument, schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined)
    return valueOf(document, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return fc.oneof(...either.map((one) => valueOf(document, one)));
  const types = [schema.type ?? 'string'].flat();
  return fc.oneof(...types.map((type) => ofType(document, schema, type)));
}

function ofType(document: ApiDocument, schema: JsonSchema, type: string): fc.Arbitrary<unknown> {
  const { minimum = -1e6, maximum = 1e6, minLength = 0, maxLength = 40 } = schema;
  const min = Math.max(minimum, schema.exclusiveMinimum ?? minimum);
  switch (type) {
    case 'integer':
      return fc.integer({ min: Math.ceil(min), max: Math.floor(maximum) });
    case 'number':
      return fc.double({ min, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf(document, (schema.items ?? {}) as JsonSchema), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object': {
      const entries = Object.entries(schema.properties ?? {}).map(([name, one]) => [
        name,
        valueOf(document, one),
      ]);
      return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: schema.required ?? [],
      });
    }
    default:
      return fc.oneof(
        fc
          .constantFrom('gate', 'hour', 'camera', 'anomaly', '1', '0', '12')
          .filter((s) => s.length >= minLength),
        fc.string({ minLength, maxLength: Math.min(maxLength, 40) }),
      );
  }
}
