import { html, raw } from 'hono/html';
import {
  type ContractContent,
  type ContractDocument,
  type ContractOperation,
  type ContractParameter,
  type ContractResponse,
  listOperations,
  type PlacedOperation,
} from '../../../lib/contract-document.ts';
import { DOCS_STYLE } from './docs-style.ts';
import { type Html, schemaAnchor, viewSchema } from './schema-view.ts';

/** Shows the whole contract as a page of its own: no script, nothing fetched, everything from the contract escaped. */
export function viewDocsPage(document: ContractDocument): Html {
  const { info, servers = [], tags = [], components } = document;
  const operations = listOperations(document);
  const groups = tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags?.[0] === tag.name),
  }));
  const rest = operations.filter(({ operation }) => operation.tags?.[0] === undefined);
  if (rest.length > 0) groups.push({ name: 'Others', operations: rest });
  const schemas = Object.entries(components.schemas ?? {});
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}</title>
<style>${raw(DOCS_STYLE)}</style>
</head>
<body>
<header><h1>${info.title} <span class="quiet">${info.version}</span></h1>${info.description?.split('\n\n').map((text) => html`<p>${text}</p>`)}
<p>At ${servers.map(({ url }) => html`<code>${url}</code> `)}, as a document for programs: <a href="docs.json">/docs.json</a>.
${info.license === undefined ? '' : `License: ${info.license.name}.`}</p></header>
<nav aria-label="Operations">${groups.map(viewContents)}<a href="#credentials">Credentials</a><br><a href="#schemas">Schemas</a></nav>
<main>
${groups.map(
  ({ name, description, operations: own }) =>
    html`<section id="${groupAnchor(name)}"><h2>${name}</h2><p>${description}</p>${own.map(viewOperation)}</section>`,
)}
<section id="credentials"><h2>Credentials</h2><table>${Object.entries(components.securitySchemes ?? {}).map(
    ([name, { description }]) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>${description}</td></tr>`,
  )}</table></section>
<section id="schemas"><h2>Schemas</h2>${schemas.map(
    ([name, schema]) =>
      html`<article id="${schemaAnchor(name)}"><h3>${name}</h3>${viewSchema(schema)}</article>`,
  )}</section>
</main>
</body>
</html>`;
}

/** The anchor of an operation on the page. */
function operationAnchor({ method, path, operation }: PlacedOperation): string {
  return operation.operationId ?? `${method}-${path}`;
}

function groupAnchor(name: string): string {
  return `tag-${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
}

function viewContents(group: {
  readonly name: string;
  readonly operations: readonly PlacedOperation[];
}): Html {
  return html`<a href="#${groupAnchor(group.name)}"><strong>${group.name}</strong></a><ul>${group.operations.map(
    (placed) =>
      html`<li><a href="#${operationAnchor(placed)}">${placed.operation.summary ?? `${placed.method} ${placed.path}`}</a></li>`,
  )}</ul>`;
}

function viewOperation(placed: PlacedOperation): Html {
  const { method, path, operation } = placed;
  return html`<article id="${operationAnchor(placed)}">
<h3><a href="#${operationAnchor(placed)}">${operation.summary ?? path}</a></h3>
<p><code><span class="method">${method}</span>${path}</code></p>
<p>${operation.description}</p>
<p class="quiet">Credential: ${credentialsOf(operation)}</p>
${operation.parameters?.length ? viewParameters(operation.parameters) : ''}
${operation.requestBody === undefined ? '' : html`<h4>Body</h4>${viewContent(operation.requestBody.content)}`}
<h4>Answers</h4>
<table><tr><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Headers</th><th scope="col">Body</th></tr>${Object.entries(
    operation.responses,
  ).map(viewResponse)}</table>
</article>`;
}

function credentialsOf({ security = [] }: ContractOperation): string {
  return security.length === 0
    ? 'none'
    : security.map((one) => Object.keys(one).join(' and ') || 'none').join(' or ');
}

function viewParameters(parameters: readonly ContractParameter[]): Html {
  return html`<h4>Parameters</h4><table>${parameters.map(
    ({ name, in: place, required, description, schema }) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>in ${place}${required ? '' : ', optional'}</td><td>${
        schema === undefined ? '' : viewSchema(schema)
      } ${description}</td></tr>`,
  )}</table>`;
}

function viewResponse([status, { description, headers = {}, content }]: [string, ContractResponse]): Html {
  const names = Object.keys(headers).map((name) => html`<code>${name}</code> `);
  return html`<tr><th scope="row">${status}</th><td>${description}</td><td>${names}</td><td>${
    content === undefined ? 'none' : viewContent(content)
  }</td></tr>`;
}

function viewContent(content: ContractContent): Html {
  return html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`<div><code>${type}</code> ${schema === undefined ? '' : viewSchema(schema)}</div>`,
  )}`;
}
