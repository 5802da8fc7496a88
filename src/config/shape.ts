/** Questions about the schema of the configuration: what may stand at a path, and what of it is secret. */
import { z } from 'zod';

type Schema = z.core.$ZodType;
export type ConfigPath = readonly PropertyKey[];

/** What stands in place of a secret. */
export const MASK = '***';

/** The schemas that a value at `path` may have: several under a union, none where the schema knows no such path. */
function schemasAt(root: Schema, path: ConfigPath): Schema[] {
  return path.reduce<Schema[]>((schemas, key) => childSchemas(schemas, key), layers(root));
}

/** The keys that a map at `path` may have; none where they are free. */
export function knownKeys(root: Schema, path: ConfigPath): string[] {
  const shapes = schemasAt(root, path).filter((schema) => schema instanceof z.ZodObject);
  return [...new Set(shapes.flatMap((schema) => Object.keys(schema.shape)))];
}

/** Whether the schema at `path`, or one around it, carries the meta `secret: true`. */
export function isSecretAt(root: Schema, path: ConfigPath): boolean {
  return path.some((_, i) => isSecret(schemasAt(root, path.slice(0, i + 1))));
}

export function isSecret(schemas: readonly Schema[]): boolean {
  return schemas.some((schema) => z.globalRegistry.get(schema)?.['secret'] === true);
}

export function childSchemas(schemas: readonly Schema[], key: PropertyKey): Schema[] {
  return schemas.flatMap((schema) => {
    const child = childOf(schema, key);
    return child === undefined ? [] : layers(child);
  });
}

/** The schema with all that it wraps. */
export function layers(schema: Schema): Schema[] {
  if (schema instanceof z.ZodUnion) return [schema, ...schema.options.flatMap(layers)];
  if (schema instanceof z.ZodPipe) return [schema, ...layers(schema.in)];
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly;
  return wraps ? [schema, ...layers(schema.unwrap())] : [schema];
}

function childOf(schema: Schema, key: PropertyKey): Schema | undefined {
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(key)];
  if (!(schema instanceof z.ZodObject)) return undefined;
  const shape: Record<string, Schema> = schema.shape;
  return Object.hasOwn(shape, key) ? shape[String(key)] : undefined;
}
