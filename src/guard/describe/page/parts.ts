/** Parts of the page: one operation, one schema, and the tables that they are made of. */

import { html, type Markup, prose } from '../../../core/markup.ts';
import type { Method, OpenApiDocument, Operation, Parameter, Response, Schema } from '../document.ts';
import { curlFor } from './curl.ts';
import { flat, nameOf, type Resolve } from './resolve.ts';
import { limitsText, typeText } from './schema-text.ts';

export interface PlacedOperation {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
}

export function operationPart(document: OpenApiDocument, placed: PlacedOperation, resolve: Resolve): Markup {
  const { path, method, operation } = placed;
  const id = operation.operationId;
  const parameters = (operation.parameters ?? []).map((one) => resolve<Parameter>('parameters', one));
  return html`<article class="operation" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${operation.summary}</h3>
<p class="route"><span class="verb ${method}">${method}</span><code>${path}</code></p>
<p>${prose(operation.description)}</p>
${parameters.length > 0 && parameterTable(id, parameters, resolve)}
${bodyPart(operation)}
${responseTable(id, operation, resolve)}
<h4 id="${id}-curl">Example</h4>
<pre tabindex="0" role="region" aria-labelledby="${id}-title ${id}-curl"><code>${curlFor(document, path, method, operation, resolve)}</code></pre>
</article>`;
}

function parameterTable(id: string, parameters: readonly Parameter[], resolve: Resolve): Markup {
  return html`<h4 id="${id}-parameters">Parameters</h4>
${table(
  `${id}-title ${id}-parameters`,
  ['Name', 'In', 'Value', 'Meaning'],
  parameters.map((one) => [
    html`<code>${one.name}</code>${one.required === true && html`<span class="must">required</span>`}`,
    one.in,
    valueText(flat(one.schema, resolve)),
    prose(one.description),
  ]),
)}`;
}

function bodyPart({ requestBody }: Operation): Markup | null {
  if (requestBody === undefined) return null;
  return html`<h4>Body</h4><p>${Object.entries(requestBody.content).map(
    ([type, { schema }]) => html`<code>${type}</code>: ${schemaLink(schema)}`,
  )}</p>`;
}

function responseTable(id: string, operation: Operation, resolve: Resolve): Markup {
  return html`<h4 id="${id}-answers">Answers</h4>
${table(
  `${id}-title ${id}-answers`,
  ['Status', 'Meaning', 'Body', 'Headers'],
  Object.entries(operation.responses).map(([status, one]) => {
    const { description, content, headers } = resolve<Response>('responses', one);
    return [
      html`<code>${status}</code>`,
      prose(description),
      Object.values(content ?? {}).map(({ schema }) => schemaLink(schema)),
      Object.keys(headers ?? {}).join(', '),
    ];
  }),
)}`;
}

export function schemaPart(name: string, schema: Schema, resolve: Resolve): Markup {
  const id = schemaId(name);
  return html`<article class="schema" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><code>${name}</code></h3>
${schema.description !== undefined && html`<p>${prose(schema.description)}</p>`}
${
  schema.properties === undefined
    ? html`<p>${valueText(schema)}</p>`
    : table(`${id}-title`, ['Member', 'Value', 'Meaning', 'Example'], memberRows(schema, '', resolve))
}
${schema.properties !== undefined && schema.additionalProperties === false && html`<p class="muted">No other member is in it.</p>`}
</article>`;
}

/** Members of an object, each followed by its own members. */
function memberRows(schema: Schema, prefix: string, resolve: Resolve): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const shown = flat(member, resolve);
    const inner = member.$ref === undefined ? [member, member.items ?? {}] : [];
    return [
      [
        html`<code>${prefix}${name}</code>${schema.required?.includes(name) === true && html`<span class="must">always there</span>`}`,
        refersTo(member) ?? valueText(shown),
        prose(member.description ?? ''),
        (member.examples ?? []).map((example) => html`<code>${JSON.stringify(example)}</code>`),
      ],
      ...inner.flatMap((one) => (one.$ref === undefined ? memberRows(one, `${prefix}${name}.`, resolve) : [])),
    ];
  });
}

function refersTo(schema: Schema): Markup | undefined {
  if (schema.$ref !== undefined) return schemaLink(schema);
  return schema.items?.$ref === undefined ? undefined : html`list of ${schemaLink(schema.items)}`;
}

function schemaLink(schema: Schema): Markup {
  const name = nameOf(schema);
  return html`<a href="#${schemaId(name)}"><code>${name}</code></a>`;
}

export function schemaId(name: string): string {
  return `schema-${name}`;
}

function valueText(schema: Schema): Markup {
  const limits = limitsText(schema);
  return html`${typeText(schema)}${limits !== '' && html`<span class="limits">${limits}</span>`}`;
}

type Cell = Parameters<typeof html>[1];
type Row = readonly Cell[];

/** A wide one scrolls by itself, and by keyboard. Its first column names its rows. */
export function table(labelledBy: string, heads: readonly string[], rows: readonly Row[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${labelledBy}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody>
</table></div>`;
}
