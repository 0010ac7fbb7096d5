/** `postern verify` on a terminal: what is proven closed, what still stands open, what could not be told, and why. */
import type { ReceiptStory, ReceiptThrough } from '../../core/contract/receipt.ts';
import { groupBy } from '../group.ts';
import { humanCount, humanTime, plural } from '../human.ts';
import type { ReceiptBody } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { hostPort } from '../story-view.ts';
import { createPage, type Page, stateWord } from './page.ts';
import { verdictWord } from './probe.ts';

const ORDER = ['exposed', 'unknown', 'closed'] as const;

export function renderVerify(body: ReceiptBody, options: RenderOptions): string {
  const page = createPage(options);
  const { ink } = page;
  const stories = body.stories.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  for (const story of stories) writeVerified(page, story);
  const count = (state: ReceiptStory['state']): string =>
    humanCount(stories.filter((story) => story.state === state).length);
  page.gap();
  page.write(
    '',
    ink.bold(`${count('closed')} closed and proven, ${count('exposed')} still exposed, ${count('unknown')} unknown.`),
  );
  page.write(
    '',
    ink.dim(`Asked from ${body.vantage}, ${humanTime(body.issuedAt)}; scope ${body.scopeHash.slice(0, 16)}…`),
  );
  if (options.receiptPath !== undefined) page.write('', `Receipt: ${options.receiptPath}`);
  return page.toString();
}

function writeVerified(page: Page, story: ReceiptStory): void {
  const { ink } = page;
  page.gap();
  const change = story.before === story.state ? 'still ' : '';
  page.write(
    '',
    `${ink.isColorSupported ? '' : '['}${change}${stateWord(story.state, ink)}${ink.isColorSupported ? '' : ']'} ${ink.bold(story.headline)}`,
  );
  page.write('  ', story.reason);
  if (page.quiet) return;
  const attempts = page.all ? story.attempts.map((attempt) => ({ ...attempt, times: 1 })) : summarised(story.attempts);
  for (const attempt of attempts) {
    const times = attempt.times > 1 ? `, ${attempt.times} times` : '';
    page.write(
      '    ',
      `${ink.dim(`${attempt.request} at ${hostPort(attempt.address, attempt.port)}${times}:`)} ${verdictWord(attempt.verdict, ink)}`,
    );
  }
  if (story.control === null)
    page.write('    ', ink.yellow('No positive control: closed cannot be proven without one.'));
  else {
    const kind = story.control.kind === 'authorized' ? 'authorized way in' : 'trusted vantage';
    page.write(
      '    ',
      `${ink.dim(`Control (${kind}):`)} ${story.control.detail}: ${story.control.ok ? ink.green('works') : ink.red('failed')}`,
    );
  }
  if (story.through !== undefined) writeThrough(page, story.through);
  if (story.state === 'exposed')
    page.write('    ', ink.dim(`${plural(story.rules.length, 'rule')}: ${story.rules.join(', ')}`));
}

function writeThrough(page: Page, { gateway, stranger, attempts, observed }: ReceiptThrough): void {
  const { ink } = page;
  const stopped = stranger.status === 401;
  const got = stranger.status === null ? 'no answer' : String(stranger.status);
  page.write(
    '    ',
    `${ink.dim(`Through ${gateway}, a stranger, ${plural(stranger.asked, 'request')}:`)} ${stopped ? ink.green(got) : ink.red(got)}`,
  );
  const held = attempts.tried > 0 && attempts.refused + attempts.narrowed === attempts.tried;
  const narrowed = attempts.narrowed === 0 ? '' : `, ${humanCount(attempts.narrowed)} answered with nothing more`;
  const count = `${humanCount(attempts.refused)} of ${humanCount(attempts.tried)} refused${narrowed}`;
  page.write(
    '    ',
    `${ink.dim('Through it, signed in, ways around the policy:')} ${held ? ink.green(count) : ink.red(count)}`,
  );
  for (const name of attempts.answered) page.write('      ', `${ink.red('answered:')} ${name}`);
  for (const name of attempts.unclear) page.write('      ', `${ink.yellow('no clear answer:')} ${name}`);
  if (observed === null)
    page.write('    ', ink.dim('Whether roles are only watched: not known (no guardedBy.policy).'));
  else if (observed.length > 0) page.write('    ', ink.red(`Only watched, not enforced: ${observed.join(', ')}`));
  else page.write('    ', ink.dim('Every role of its policy is enforced.'));
}

/** The same request to the same address with the same outcome is one line. */
function summarised(attempts: ReceiptStory['attempts']): (ReceiptStory['attempts'][number] & { times: number })[] {
  const groups = groupBy(attempts, ({ request, address, port, verdict }) =>
    JSON.stringify([request, address, port, verdict]),
  );
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ ...first, times: rest.length + 1 }],
  );
}
