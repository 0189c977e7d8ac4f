import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderConfigurationReference } from '../../../src/config/configuration-reference.ts';
import { environmentVariables } from '../../../src/config/environment-variables.ts';
import { createPolicyJsonSchema, type JsonSchema } from '../../../src/config/policy-json-schema.ts';

function shipped(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** Every property of a schema, with the path that leads to it. */
function propertiesOf(schema: JsonSchema, path = ''): (readonly [string, JsonSchema])[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
    [`${path}.${key}`, property] as const,
    ...propertiesOf(property, `${path}.${key}`),
  ]);
  const inner = [schema.items, schema.additionalProperties].filter((value) => typeof value === 'object');
  return [...below, ...inner.flatMap((value) => propertiesOf(value, path))];
}

describe('generated files', () => {
  it('gateway.schema.json is current (npm run generate)', () => {
    expect(JSON.parse(shipped('gateway-config/gateway.schema.json'))).toEqual(createPolicyJsonSchema());
  });

  it('docs/configuration.md is current (npm run generate)', () => {
    expect(shipped('docs/configuration.md')).toBe(renderConfigurationReference());
  });
});

describe('the configuration reference', () => {
  it('says of every key of the policy file what it means', () => {
    const properties = propertiesOf(createPolicyJsonSchema());
    expect(properties.length).toBeGreaterThan(25);
    expect(properties.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
  });

  it('names the variables that have an effect and no others', () => {
    const text = renderConfigurationReference();
    const named = Object.keys(environmentVariables).filter((name) => text.includes(`| \`${name}\` |`));
    expect(named).toContain('WARDGATE_SECRET');
    expect(named).toContain('SMTP_URL');
    expect(named).not.toContain('UPSTASH_REDIS_REST_URL');
  });
});
