import { z } from 'zod';
import { policyFileSchema } from './policy-schema.ts';

/** As much of JSON Schema (draft 7) as the policy file's schema uses. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Makes the JSON schema of the policy file, for editors. Does NOT hold every rule: what parts demand of each other only `config check` knows. */
export function createPolicyJsonSchema(): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(policyFileSchema, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'Wardgate policy file', ...rest } as JsonSchema;
}

/** The schema of what stands at a path, or `undefined` where the path leads out of the schema. */
export function schemaAt(root: JsonSchema, path: readonly (string | number)[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = root;
  for (const step of path) {
    if (schema === undefined) return undefined;
    if (typeof step === 'number') schema = schema.items;
    else if (schema.properties !== undefined) {
      schema = Object.hasOwn(schema.properties, step) ? schema.properties[step] : undefined;
    } else schema = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  }
  return schema;
}
