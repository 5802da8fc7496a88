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

/** What the requests may be about. */
export interface World {
  /** By the first part of the path after /api, or the name of the path's parameter. */
  ids: Readonly<Record<string, readonly string[]>>;
  /** Cameras that come and go; nobody else relies on them. */
  passing: readonly string[];
  /** A file that cameras may play. */
  clip: string;
}

/** Asked as declared about cameras that come and go alone: others rely on the rest. */
const passingOnly = new Set([
  'post /api/cameras',
  'patch /api/cameras/{id}',
  'post /api/cameras/{id}/pause',
  'post /api/cameras/{id}/resume',
  'delete /api/cameras/{id}',
]);
/** Never asked as declared: each would change what all others rely on, or go on for minutes. */
const onlyWrong = new Set(['patch /api/config', 'post /api/cameras/{id}/calibrate']);
/** Looked at by some route or other, with values that mean something there. */
const headerValues: Readonly<Record<string, readonly string[]>> = {
  // Few, so that they come again with other bodies.
  'idempotency-key': ['one', 'two', 'three'],
  range: [
    'bytes=0-99',
    'bytes=100-',
    'bytes=-5',
    'bytes=5-1',
    'bytes=999999999-',
    'bytes=0-0,2-3',
    'lines=1-2',
  ],
  'last-event-id': ['0', '1', '99999999', '-1', '1.5'],
  'if-none-match': ['*', '"x"', 'W/"x"'],
  'if-range': ['"x"', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  accept: ['image/png', 'text/event-stream', '*/*;q=0'],
};

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

/** Requests of any kind. */
export function apiRequests(document: ApiDocument, world: World): fc.Arbitrary<ApiRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const isOf = (names: ReadonlySet<string>) => (one: Wanted) => names.has(`${one.method} ${one.path}`);
  const changing = operations.filter(isOf(passingOnly));
  const asDeclared = operations.filter((one) => !isOf(passingOnly)(one) && !isOf(onlyWrong)(one));
  const about = (wanted: Wanted[], isWrong: boolean) =>
    fc.constantFrom(...wanted).chain((one) => requestFor(document, one, world, isWrong));
  return fc.oneof(
    { weight: 40, arbitrary: about(asDeclared, false) },
    { weight: 40, arbitrary: about(operations, true) },
    // Each starts or stops a thread.
    { weight: 1, arbitrary: about(changing, false) },
    { weight: 10, arbitrary: strayRequest(operations.map(({ path }) => path)) },
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
  { ids, passing, clip }: World,
  isWrong: boolean,
): fc.Arbitrary<ApiRequest> {
  const { parameters = [], requestBody } = operation;
  const value = (schema: JsonSchema): fc.Arbitrary<string> =>
    isWrong ? fc.oneof(wild, valueOf(document, schema).map(String)) : valueOf(document, schema).map(String);
  const known = (name: string): fc.Arbitrary<string> => {
    if (passingOnly.has(`${method} ${path}`))
      return isWrong
        ? fc.oneof(fc.constantFrom(...passing), wild).filter((id) => id !== 'gate' && id !== 'yard')
        : fc.constantFrom(...passing);
    const there = fc.constantFrom(...(ids[path.split('/')[2] ?? ''] ?? ids[name] ?? ['gate']));
    return isWrong ? fc.oneof(there, wild) : there;
  };
  const inPath = fc.record(
    Object.fromEntries(parameters.filter((p) => p.in === 'path').map((p) => [p.name, known(p.name)])),
  );
  const given = (place: 'query' | 'header', more: readonly string[] = []) => {
    const declared = parameters.filter((p) => p.in === place);
    const told = (name: string) => fc.constantFrom(...(headerValues[name] ?? ['']));
    const values = declared.map(({ name, schema }) => {
      const any = value(schema);
      return [name, place === 'header' ? fc.oneof(told(name), any) : any] as const;
    });
    const others = more.map((name) => [name, fc.oneof({ weight: 4, arbitrary: told(name) }, wild)] as const);
    const requiredKeys = declared.filter((p) => p.required === true).map((p) => p.name);
    return fc.record(Object.fromEntries([...others, ...values]), { requiredKeys });
  };
  const inQuery = given('query');
  const inHeader = given('header', isWrong ? Object.keys(headerValues) : []);
  const schema = requestBody?.content?.['application/json']?.schema;
  const camera = { clip, ids: passing, isTest: path === '/api/cameras/test' };
  const isCamera = !isWrong && (camera.isTest || `${method} ${path}` === 'post /api/cameras');
  const body =
    schema === undefined
      ? fc.constant(undefined)
      : isCamera
        ? cameraBody(camera)
        : bodyOf(document, schema, isWrong);
  const type = isWrong
    ? fc.constantFrom(
        'application/json',
        'application/json',
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
      )
    : fc.constant('application/json');
  return fc.record({ inPath, inQuery, inHeader, body, type }).map((made) => {
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
      headers: {
        ...headersOf(made.inHeader),
        ...(made.body !== undefined && { 'content-type': made.type }),
      },
      ...(made.body !== undefined && { body: made.body }),
    };
  });
}

/** A camera that there may be, as far as anybody can say without looking. */
function cameraBody({ clip, ids, isTest }: { clip: string; ids: readonly string[]; isTest: boolean }) {
  const url = fc.constantFrom(clip, clip, `${clip}.gone`, 'rtsp://127.0.0.1:1/nobody');
  return isTest
    ? url.map((tried) => JSON.stringify({ url: tried }))
    : fc.constantFrom(...ids).map((id) => JSON.stringify({ id, url: clip }));
}

/** As much of them as a client can send: no control characters, nothing beyond Latin-1, no blanks around. */
function headersOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const sent = Object.entries(given).map(
    ([name, value]) => [name, value.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '').trim()] as const,
  );
  return Object.fromEntries(sent);
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
