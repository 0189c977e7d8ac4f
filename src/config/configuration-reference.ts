import { environmentVariables } from './environment-variables.ts';
import { createPolicyJsonSchema, type JsonSchema } from './policy-json-schema.ts';

const INTRODUCTION = `# Configuration

Wardgate is configured by one policy file and a few environment variables. Both are read strictly at start: an unknown key or a value
that is not understood stops it, with every problem named at once. \`npm run wardgate -- config check [FILE]\` tells beforehand.

This page is generated from the schemas (\`npm run generate\`).
`;

const POLICY_FILE = `## The policy file

\`gateway-config/gateway.yaml\`, or wherever \`WARDGATE_CONFIG\` says. YAML 1.2, one document, without anchors and aliases. Editors
that know \`gateway-config/gateway.schema.json\` complete and check it. Durations are written \`250ms\`, \`10s\`, \`15m\`, \`8h\` or \`1d\`.
`;

const ENVIRONMENT = `## Environment variables

An empty variable counts as missing. A variable that begins with \`WARDGATE_\` and is not listed here is an error.
`;

/** Writes the reference of the policy file and of the environment as Markdown, from their schemas. Ends with a line break. */
export function renderConfigurationReference(): string {
  return [
    INTRODUCTION,
    POLICY_FILE,
    ...renderTables(createPolicyJsonSchema(), ''),
    ENVIRONMENT,
    renderVariables(),
  ].join('\n');
}

/** The table of a map's keys, then those of the maps below it. */
function renderTables(schema: JsonSchema, path: string): string[] {
  const entries = Object.entries(schema.properties ?? {});
  const rows = entries.map(([key, property]) => [
    `\`${key}\``,
    typeName(property),
    defaultOf(property, schema.required?.includes(key) === true),
    property.description ?? '',
  ]);
  const heading = path === '' ? '' : `### \`${path}\`\n\n`;
  const below = entries.flatMap(([key, property]) => {
    const keyPath = path === '' ? key : `${path}.${key}`;
    const inner = innerMap(property);
    return inner === undefined ? [] : renderTables(inner.schema, `${keyPath}${inner.suffix}`);
  });
  return [`${heading}${table(['Key', 'Type', 'Default', 'Meaning'], rows)}`, ...below];
}

function innerMap(property: JsonSchema): { schema: JsonSchema; suffix: string } | undefined {
  if (property.properties !== undefined) return { schema: property, suffix: '' };
  if (property.items?.properties !== undefined) return { schema: property.items, suffix: '[]' };
  const { additionalProperties } = property;
  if (typeof additionalProperties !== 'object' || additionalProperties.properties === undefined)
    return undefined;
  return { schema: additionalProperties, suffix: '.NAME' };
}

function typeName(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(' or ');
  if (schema.items !== undefined) return `list of ${typeName(schema.items)}`;
  if (typeof schema.additionalProperties === 'object')
    return `map of ${typeName(schema.additionalProperties)}`;
  if (schema.properties !== undefined) return 'map';
  if (schema.type === 'boolean') return '`true`, `false`';
  return schema.title ?? 'text';
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return 'required';
  if (schema.default === undefined) return '';
  const { default: value } = schema;
  if (Array.isArray(value)) return `\`[${value.join(', ')}]\``;
  return typeof value === 'object' ? '`{}`' : `\`${String(value)}\``;
}

function renderVariables(): string {
  const rows = Object.entries(environmentVariables).flatMap(([name, { description }]) =>
    description === undefined ? [] : [[`\`${name}\``, description]],
  );
  return table(['Variable', 'Meaning'], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(heads)}${line(heads.map(() => '---'))}${rows.map(line).join('')}`;
}
