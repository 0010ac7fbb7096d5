/** One story as an article: the sentence, the chain, what a stranger gets, who does what, what is not known. */

import { html, type Markup, prose } from '../../core/markup.ts';
import type { Severity } from '../../core/severity.ts';
import type { Story, Task } from '../../core/story.ts';
import { type Change, changesOf } from '../change.ts';
import {
  categoryTitle,
  humanBytes,
  humanCount,
  humanTime,
  OWNER_TITLES,
  recordNoun,
  STATE_TITLES,
  sentence,
} from '../human.ts';
import {
  chainOf,
  datasetNoun,
  detailOf,
  distinctRequests,
  fixCommand,
  headlineParts,
  hostPort,
  placesOf,
  type StoryContext,
  serviceOf,
  strangerGets,
  tasksByOwner,
  titleOf,
} from '../story-view.ts';

const MOST_DATASETS = 40;

export function severityBadge(severity: Severity): Markup {
  return html`<span class="badge ${severity}">${severity}</span>`;
}

export function storyArticle(story: Story, number: number, context: StoryContext): Markup {
  return html`<article class="story ${story.state}" id="s-${story.id}" aria-labelledby="h-${story.id}">
<header><p class="marks">${severityBadge(story.severity)}<span class="state ${story.state}">${STATE_TITLES[story.state]}</span><span class="muted">${story.confidence}</span></p>
<h3 id="h-${story.id}"><span class="number" aria-hidden="true">${number}</span>${titleOf(story, context.assets)}</h3>
${headline(story, context)}</header>
<div class="two">
<div class="told">${chain(story, context)}${datasets(story, context)}${asked(story)}${unknowns(story)}</div>
<div class="todo">${tasks(story, context)}</div>
</div></article>`;
}

/** The whole sentence when it has several clauses (the last one tells what a stranger gets), else what a stranger gets. */
function headline(story: Story, { assets }: StoryContext): Markup {
  const parts = headlineParts(story);
  if (parts.length === 1) return html`<p class="gets">${strangerGets(story, assets)}</p>`;
  return html`<p class="sentence">${parts.map((part, index) => (index === 0 ? part : html` <span class="arrow">→</span> ${index === parts.length - 1 ? html`<span class="loss">${part}</span>` : part}`))}</p>`;
}

function chain(story: Story, { assets }: StoryContext): Markup {
  return html`<h4>How a stranger gets there</h4><ol class="chain">${chainOf(story, assets).map((node) => {
    const detail = detailOf(node);
    return html`<li class="${node.kind}"><span class="place">${node.label}</span>${detail === '' ? '' : html` <span class="where">${detail}</span>`}
${
  node.links.length === 0
    ? ''
    : html`<ul>${node.links.map((link) => {
        const places = placesOf(link);
        return html`<li>${link.text}${places.length === 0 ? '' : html` <span class="where">${places.slice(0, 4).join(', ')}${places.length > 4 ? ` and ${places.length - 4} more` : ''}</span>`}</li>`;
      })}</ul>`
}</li>`;
  })}</ol>`;
}

function datasets(story: Story, { assets }: StoryContext): Markup | null {
  if (story.datasets.length === 0) return null;
  const service = serviceOf(story, assets);
  const [, records] = recordNoun(service);
  const [set, sets] = datasetNoun(service);
  const sized = story.datasets.some(({ bytes }) => bytes !== undefined);
  const shown = story.datasets
    .toSorted((a, b) => b.categories.length - a.categories.length || (b.documents ?? 0) - (a.documents ?? 0))
    .slice(0, MOST_DATASETS);
  return html`<h4>What lies open</h4><div class="scroll" role="group" aria-label="What lies open: ${sets}" tabindex="0"><table class="sets">
<thead><tr><th scope="col">${capital(set)}</th><th scope="col" class="figure">${capital(records)}</th>${sized ? html`<th scope="col" class="figure">Size</th>` : ''}<th scope="col">Personal data, by field name</th></tr></thead>
<tbody>${shown.map((one) => html`<tr><th scope="row"><code>${one.name}</code></th><td class="figure">${one.documents === undefined ? '–' : humanCount(one.documents)}</td>${sized ? html`<td class="figure">${one.bytes === undefined ? '–' : humanBytes(one.bytes)}</td>` : ''}<td>${one.categories.length === 0 ? html`<span class="muted">none recognised</span>` : one.categories.map((category) => kindLine(category, one.fields))}</td></tr>`)}</tbody>
</table></div>${story.datasets.length > shown.length ? html`<p class="muted">and ${humanCount(story.datasets.length - shown.length)} more</p>` : ''}`;
}

function kindLine(category: string, fields: Story['datasets'][number]['fields']): Markup {
  const names = fields.filter((field) => field.category === category).map(({ name }) => name);
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? '…' : '');
  return html`<span class="kind">${categoryTitle(category)}${names.length === 0 ? '' : html` <code>${shown}</code>`}</span> `;
}

function asked(story: Story): Markup | null {
  const rows = distinctRequests(story).flatMap((request) =>
    request.exchanges.length === 0
      ? [
          html`<li><span class="answer"><strong>${request.verdict}</strong></span><span class="muted">${hostPort(request.address, request.port)}, from ${request.vantage}</span></li>`,
        ]
      : request.exchanges.map(
          (exchange) =>
            html`<li><code>${exchange.request}</code><span class="answer">${exchange.answer}</span><span class="muted">${hostPort(exchange.address, exchange.port)}, from ${request.vantage}, ${humanTime(exchange.at)}</span></li>`,
        ),
  );
  if (rows.length === 0) return null;
  return html`<details class="fold small"><summary>What was asked, and the shape of the answer <span class="muted">(${rows.length})</span></summary><ul class="exchanges">${rows}</ul></details>`;
}

function unknowns(story: Story): Markup | null {
  if (story.unknowns.length === 0) return null;
  return html`<h4>What remains unknown</h4><ul class="unknowns">${story.unknowns.map((unknown) => html`<li>${unknown}</li>`)}</ul>`;
}

function tasks(story: Story, context: StoryContext): Markup {
  if (story.tasks.length === 0) return html`<h4>What to do</h4><p class="muted">Nothing is proposed.</p>`;
  return html`<h4>What to do, in this order</h4>${tasksByOwner(story).map(
    ({ owner, tasks: own }) =>
      html`<section class="owner" data-owner="${owner}"><h5>${OWNER_TITLES[owner]}</h5><ol>${own.map(({ number, task }) => html`<li value="${number}"><span class="step" aria-hidden="true">${number}</span>${taskBody(task, context)}</li>`)}</ol></section>`,
  )}`;
}

function taskBody(task: Task, context: StoryContext): Markup {
  const command = fixCommand(task, context.findings);
  return html`<p class="task">${task.title}</p>${task.detail === '' ? '' : html`<p class="muted">${prose(task.detail)}</p>`}
${changesOf(task, context.findings, context.options.sources).map(changeFigure)}
${command === null ? '' : html`<p class="command"><code>${command}</code><button type="button" class="copy" data-copy="${command}" hidden>Copy<span class="hidden"> the command</span></button></p>`}`;
}

function changeFigure(change: Change): Markup {
  const text = change.lines.map(({ sign, text: line }) => `${sign} ${line}`).join('\n');
  return html`<figure class="change"><figcaption><code>${change.path}${change.line === null ? '' : `:${change.line}`}</code><button type="button" class="copy" data-copy="${text}" hidden>Copy<span class="hidden"> the change</span></button></figcaption>
${change.lines.length === 0 ? '' : html`<pre tabindex="0" role="group" aria-label="Change of ${change.path}">${change.lines.map(({ sign, text: line }) => (sign === '-' ? html`<del>- ${line}\n</del>` : html`<ins>+ ${line}\n</ins>`))}</pre>`}
${change.more > 0 ? html`<p class="muted">and ${change.more} more changed lines</p>` : ''}
<p class="blast">${prose(sentence(change.title))} ${prose(sentence(change.blastRadius))}${change.needsConfirmation ? html` <strong>Needs a decision.</strong>` : ''}</p></figure>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
