/** The OpenAPI document as the routes make it now, and the types of the client that are made of it. */
import openapiTS, { type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { packagePath } from '../../src/paths.js';
import { testApp } from './http-app.js';
import { FakeServices } from './http-fakes.js';

/** A JSON Schema, as far as tests look into it. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema | boolean;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  not?: JsonSchema;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

interface Content {
  content?: Record<string, { schema: JsonSchema }>;
}

export interface Operation {
  parameters?: { name: string; in: 'query' | 'path' | 'header'; required?: boolean; schema: JsonSchema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
  security?: Record<string, string[]>[];
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

export const apiTypesFile = packagePath('test/support/api-types.ts');

/** Routes as Hono knows them, `METHOD /path/:id`; middleware is left out. */
export function mountedRoutes(): string[] {
  const { app } = testApp(new FakeServices());
  const routes = app.routes.filter(({ method }) => method !== 'ALL');
  return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];
}

export async function apiDocument(): Promise<ApiDocument> {
  const { app } = testApp(new FakeServices());
  const reply = await app.request('http://localhost:8971/openapi.json');
  return (await reply.json()) as ApiDocument;
}

/** The text of {@link apiTypesFile} as it should be. */
export async function apiTypes(): Promise<string> {
  const types = await openapiTS((await apiDocument()) as unknown as OpenAPI3, {
    commentHeader: '/* eslint-disable */\n/** Made of /openapi.json by `npm run api:types`. */\n\n',
  });
  return format(types, { ...(await resolveConfig(apiTypesFile)), parser: 'typescript' });
}
