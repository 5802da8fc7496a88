/** The configuration's JSON Schema, by which editors complete and check a file. */
import { z } from 'zod';
import { configSchema } from './config.js';
import { packagePath } from '../paths.js';

/**
 * Draft 7, which editors understand best. In a file it is named by a first line such as
 * `# yaml-language-server: $schema=http://127.0.0.1:8971/api/config/schema.json`.
 */
export function configJsonSchema(): Record<string, unknown> {
  // What a rule in code checks cannot be said here: the product itself still refuses it.
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      // Where the product is installed is nobody's business.
      if (jsonSchema.default === packagePath('models')) delete jsonSchema.default;
    },
  });
  return { $schema, title: 'Nunchi configuration', ...schema };
}
