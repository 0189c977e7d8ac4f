import { html } from 'hono/html';
import type { ContractSchema } from '../../../lib/contract-document.ts';

/** A piece of a page, escaped. */
export type Html = ReturnType<typeof html>;

const SCHEMA_POINTER = '#/components/schemas/';

/** Shows a schema: its kind and bounds in words, the members of objects as a list, a named schema as a link to it. */
export function viewSchema(schema: ContractSchema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace(SCHEMA_POINTER, '');
    return html`<a href="#${schemaAnchor(name)}">${name}</a>${viewNote(schema)}`;
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined)
    return html`one of${viewNote(schema)}<ul class="members">${alternatives.map((one) => html`<li>${viewSchema(one)}</li>`)}</ul>`;
  if (schema.allOf !== undefined)
    return html`all of${viewNote(schema)}<ul class="members">${schema.allOf.map((one) => html`<li>${viewSchema(one)}</li>`)}</ul>`;
  if (schema.items !== undefined)
    return html`array${inBrackets(boundsOf(schema))} of ${viewSchema(schema.items)}${viewNote(schema)}`;
  return html`${kindOf(schema)}${viewNote(schema)}${viewMembers(schema)}`;
}

/** The anchor of a named schema on the page. */
export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

function viewMembers({ properties, required, additionalProperties }: ContractSchema): Html {
  const others =
    typeof additionalProperties === 'object'
      ? html`<li>any member: ${viewSchema(additionalProperties)}</li>`
      : '';
  if (properties === undefined && others === '') return html``;
  const members = Object.entries(properties ?? {}).map(
    ([name, member]) =>
      html`<li><code>${name}</code>${required?.includes(name) ? '' : ' (optional)'}: ${viewSchema(member)}</li>`,
  );
  return html`<ul class="members">${members}${others}</ul>`;
}

function viewNote({ description, example }: ContractSchema): Html {
  const shown = example === undefined ? '' : html` Example: <code>${JSON.stringify(example)}</code>`;
  return html`${description === undefined ? '' : html` <span class="quiet">${description}</span>`}${shown}`;
}

function kindOf(schema: ContractSchema): Html {
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return html`<code>${schema.enum.map((one) => JSON.stringify(one)).join(' | ')}</code>${defaultOf(schema)}`;
  const kind = [schema.type ?? 'anything'].flat().join(' or ');
  return html`${kind}${inBrackets(boundsOf(schema))}${
    schema.pattern === undefined ? '' : html` <code>${schema.pattern}</code>`
  }${defaultOf(schema)}`;
}

function defaultOf(schema: ContractSchema): Html | '' {
  return schema.default === undefined ? '' : html`, else <code>${JSON.stringify(schema.default)}</code>`;
}

function boundsOf(schema: ContractSchema): string {
  const { format, minLength, maxLength, minimum, maximum, minItems, maxItems } = schema;
  return [
    format,
    range(minLength, maxLength, 'characters'),
    range(minimum, maximum, ''),
    range(minItems, maxItems, 'items'),
  ]
    .filter((one) => one !== undefined)
    .join(', ');
}

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  return `${least === undefined ? 'at most ' : least}${least !== undefined && most !== undefined ? ' to ' : ''}${most ?? ' or more'} ${unit}`.trim();
}

function inBrackets(words: string): string {
  return words === '' ? '' : ` (${words})`;
}
