/**
 * A description as one page that asks for nothing: no script, font, image or style from elsewhere. Its policy allows the one style
 * sheet by its hash, so that nothing else could run or load even if it slipped through the escaping.
 */
import { createHash } from 'node:crypto';
import { html, type Markup, prose, trusted } from '../../../core/markup.ts';
import { REFUSALS } from '../../contract/refusal.ts';
import { METHODS, type OpenApiDocument } from '../document.ts';
import { PROBLEMS } from '../responses.ts';
import { operationPart, type PlacedOperation, schemaId, schemaPart, table } from './parts.ts';
import { resolverOf } from './resolve.ts';
import { STYLE } from './style.ts';

/** `Content-Security-Policy` of the page: for its header, which can forbid frames too, as for the page itself. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** @returns HTML, the same for the same document */
export function renderPage(document: OpenApiDocument): string {
  const resolve = resolverOf(document);
  const { info, components } = document;
  const groups = document.tags.map((tag, index) => ({
    tag,
    id: `part-${index + 1}`,
    operations: placed(document, tag.name),
  }));
  const schemas = Object.entries(components.schemas);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${info.title} ${info.version}: reference</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the reference</a>
<div class="frame">
<nav class="contents" aria-label="Contents" tabindex="0"><ul>
${groups.map(
  ({ tag, id, operations }) => html`<li><a class="part" href="#${id}">${tag.name}</a><ul>${operations.map(
    ({ method, operation }) =>
      html`<li><a href="#${operation.operationId}"><span class="verb ${method}">${method}</span><span>${operation.summary}</span></a></li>`,
  )}</ul></li>
`,
)}<li><a class="part" href="#authentication">Authentication</a></li>
<li><a class="part" href="#errors">Errors</a></li>
<li><a class="part" href="#schemas">Schemas</a><ul>${schemas.map(
    ([name]) => html`<li><a href="#${schemaId(name)}">${name}</a></li>`,
  )}</ul></li>
</ul></nav>
<div><main id="main" tabindex="-1">
<h1>${info.title}</h1>
<p class="lede">${prose(info.description)}</p>
<dl class="facts"><div><dt>Version</dt><dd>${info.version}</dd></div>${document.servers
    .filter(({ url }) => url !== '/')
    .map(({ url }) => html`<div><dt>Server</dt><dd><code>${url}</code></dd></div>`)}</dl>
${groups.map(
  ({ tag, id, operations }) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${tag.name}</h2>
<p>${prose(tag.description)}</p>
${operations.map((one) => operationPart(document, one, resolve))}
</section>
`,
)}
${authentication(document)}
${errors(document)}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => schemaPart(name, schema, resolve))}
</section>
</main>
<footer><p>Examples are made up. Made by Postern from the policy of the gateway: what is not here does not exist.</p></footer></div>
</div>
</body>
</html>
`.markup;
}

function placed(document: OpenApiDocument, tag: string): readonly PlacedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation?.tags.includes(tag) === true ? [{ path, method, operation }] : [];
    }),
  );
}

function authentication({ components }: OpenApiDocument): Markup {
  return html`<section><h2 id="authentication">Authentication</h2>
<p>One of these, with every request.</p>
${table(
  'authentication',
  ['Scheme', 'How'],
  Object.entries(components.securitySchemes).map(([name, { description }]) => [
    html`<code>${name}</code>`,
    prose(description),
  ]),
)}</section>`;
}

function errors({ components }: OpenApiDocument): Markup {
  const rows = [...PROBLEMS]
    .filter(([status, { name }]) => status === 405 || components.responses[name] !== undefined)
    .map(([status, { description, codes }]) => [
      html`<code>${status}</code>`,
      description,
      codes.map((code) => html`<span class="limits"><code>${code}</code> ${REFUSALS[code][1]}</span>`),
    ]);
  return html`<section><h2 id="errors">Errors</h2>
<p>${prose('Every error is `application/problem+json` (RFC 9457). The last word of its `type` says which it is.')}</p>
${table('errors', ['Status', 'Meaning', 'Word'], rows)}</section>`;
}
