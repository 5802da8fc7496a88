/** Whether an answer is what the OpenAPI document says. */
import { z } from 'zod';
import type { ApiDocument, JsonSchema, Operation } from './api-document.js';

export interface Answer {
  status: number;
  contentType: string | null;
  body: Uint8Array;
}

type Fault = string | null;

const bodiless = new Set(['204', '304']);
const problem: JsonSchema = { $ref: '#/components/schemas/Problem' };

/** Checks answers against `document`. */
export class AnswerChecker {
  readonly #document: ApiDocument;
  readonly #compiled = new Map<JsonSchema, z.ZodType>();

  constructor(document: ApiDocument) {
    this.#document = document;
  }

  /** What is wrong with the answer of an operation; null when nothing is. */
  fault(operation: Operation, answer: Answer): Fault {
    const status = String(answer.status);
    const declared =
      operation.responses[status] ?? (answer.status >= 400 ? operation.responses['default'] : undefined);
    if (declared === undefined) return `${status} is not declared`;
    const content = declared.content ?? {};
    if (Object.keys(content).length === 0)
      return answer.body.length === 0 ? null : `${status} has a body that is not declared`;
    if (bodiless.has(status)) return `${status} is declared with a body`;
    const type = answer.contentType?.split(';')[0] ?? '';
    const schema = content[type]?.schema;
    if (schema === undefined) return `${status} is ${type}, which is not declared`;
    return type.endsWith('json') ? this.#bodyFault(schema, answer) : null;
  }

  /** What is wrong with an answer to a request that is none of the document's; null for problem details. */
  problemFault(answer: Answer): Fault {
    if (answer.contentType !== 'application/problem+json') return `${answer.status} is no problem details`;
    return this.#bodyFault(problem, answer);
  }

  #bodyFault(schema: JsonSchema, { body, status }: Answer): Fault {
    const value = JSON.parse(new TextDecoder().decode(body)) as unknown;
    const result = this.#compile(schema).safeParse(value);
    return result.success ? null : `${status}: ${z.prettifyError(result.error)}`;
  }

  #compile(schema: JsonSchema): z.ZodType {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const compiled = compileSchema(this.#document, schema);
    this.#compiled.set(schema, compiled);
    return compiled;
  }
}

/** A check for values of `schema`, whose references are to the components of `document`. */
export function compileSchema({ components }: ApiDocument, schema: JsonSchema): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: components.schemas });
  const local = text.replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(local) as Parameters<typeof z.fromJSONSchema>[0]);
}
