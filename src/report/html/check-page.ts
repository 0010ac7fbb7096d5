/** A check report as a page: the verdict, the picture, the stories, what else there is to know, all evidence. */
import { html, type Markup } from '../../core/markup.ts';
import { accessOfCheck } from '../access-view.ts';
import type { CheckReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { indexAssets, orderedStories } from '../story-view.ts';
import { cleaned } from '../untrusted.ts';
import { accessSection } from './access.ts';
import { clustered } from './cluster.ts';
import { graphOf } from './graph.ts';
import { mapSection } from './map.ts';
import { pageOf } from './page.ts';
import { panels } from './panels.ts';
import { hero, meta, otherFindings, proposals, reached, skips, suppressed, verdictSentence } from './sections.ts';
import { storyArticle } from './story.ts';

const KEY = html`<p class="key"><span class="line exposed">exposed: a stranger gets in</span><span class="line unknown">unknown: not told either way</span><span class="line secured">secured: a stranger is refused</span></p>`;

export function checkPage(dirty: CheckReport, options: RenderOptions): string {
  const report = cleaned(dirty);
  const graph = clustered(graphOf(report));
  const context = {
    assets: indexAssets(report.assets),
    findings: new Map(report.findings.map((finding) => [finding.fingerprint, finding])),
    options,
  };
  const stories = orderedStories(report.stories);
  const parts: (readonly [id: string, title: string, part: Markup | null])[] = [
    ['access', 'Who reads what', accessSection(accessOfCheck(report))],
    ['findings', 'Findings', otherFindings(report)],
    ['reached', 'Reached', reached(report)],
    ['proposals', 'Not in scope', proposals(report)],
    ['skips', 'Not checked', skips(report)],
    ['suppressed', 'Suppressed', suppressed(report)],
  ];
  return pageOf({
    title: verdictSentence(report),
    nav: [
      ['ways-title', 'Picture'],
      ['stories', 'Stories'],
      ...parts.flatMap(([id, title, part]) => (part === null ? [] : [[id, title] as const])),
    ],
    main: html`${hero(report)}
${meta(report)}
${graph.nodes.length === 0 ? '' : mapSection(graph, 'From the app to personal data', { above: KEY })}
<section id="stories" aria-labelledby="stories-title"><div class="head"><h2 id="stories-title">Stories</h2>
<div class="switch" role="group" aria-label="Tasks of" id="owners" hidden><button type="button" data-show="" aria-pressed="true">Everyone</button><button type="button" data-show="developer" aria-pressed="false">Developer</button><button type="button" data-show="it" aria-pressed="false">IT</button><button type="button" data-show="security" aria-pressed="false">Security</button></div></div>
${stories.length === 0 ? html`<p>No store was found that a story could be told of.</p>` : stories.map((story, index) => storyArticle(story, index + 1, context))}
</section>
${parts.map(([, , part]) => part)}
${panels(graph, report)}`,
    footer: `Made by Postern ${report.tool.version}. Names, shapes and counts only: no value of a record was kept, and nothing in this file is sent anywhere.`,
  });
}
