/** What the demo says at its end: told from the signed receipt, a second check, and which services ran. */
import type { ReceiptBody, ReceiptStory } from '../../src/core/contract/receipt.ts';
import type { Finding } from '../../src/core/finding.ts';
import { OWNERS, type Owner, SEVERITIES } from '../../src/core/severity.ts';

/** Something of the story that may be missing: a service of the range, or the guard. */
export interface Shown {
  name: string;
  product: string;
  state: 'running' | 'skipped';
  reason?: string;
}

export interface DemoOutcome {
  closed: ReceiptStory[];
  exposed: ReceiptStory[];
  unknown: ReceiptStory[];
  /** What no patch could do: findings of the check after the fix, gravest first. */
  left: Finding[];
  skipped: Shown[];
}

/**
 * @param after findings of a check that ran after the fix
 * @param services as they were before and after it: one that was skipped at either time is not shown
 */
export function outcomeOf(body: ReceiptBody, after: readonly Finding[], services: readonly Shown[]): DemoOutcome {
  return {
    closed: body.stories.filter(({ state }) => state === 'closed'),
    exposed: body.stories.filter(({ state }) => state === 'exposed'),
    unknown: body.stories.filter(({ state }) => state === 'unknown'),
    left: after
      .filter(({ severity }) => severity !== 'low' && severity !== 'info')
      .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    skipped: [...new Map(services.filter(isSkipped).map((service) => [service.name, service])).values()],
  };
}

function isSkipped(service: Shown): boolean {
  return service.state === 'skipped';
}

/** 3 when something could not be shown; else 0: what is still open is part of the story and is told, not failed. */
export function exitCodeOf(outcome: DemoOutcome): 0 | 3 {
  return outcome.skipped.length > 0 ? 3 : 0;
}

const SHOWN_PER_OWNER = 4;
const NAMES: Readonly<Record<Owner, string>> = { developer: 'developers', it: 'IT', security: 'security' };

/** Lines of the closing summary, without colours; lines that are not indented are headings. */
export function outcomeLines(outcome: DemoOutcome): string[] {
  const { skipped, left } = outcome;
  const lines = [
    ...section('Closed, and proven', outcome.closed),
    ...section('Still exposed', outcome.exposed),
    ...section('Unknown', outcome.unknown),
  ];
  if (left.length > 0) lines.push(`Left to people: ${left.length}`, ...OWNERS.flatMap((owner) => leftTo(owner, left)));
  if (skipped.length > 0) {
    lines.push(`Not shown here: ${skipped.length}`);
    lines.push(...skipped.map(({ product, reason }) => `  ${product}: ${reason ?? 'skipped'}`));
  }
  return lines;
}

function section(title: string, stories: readonly ReceiptStory[]): string[] {
  if (stories.length === 0) return [`${title}: none`];
  return [
    `${title}: ${stories.length}`,
    ...stories.flatMap(({ headline, reason }) => [`  ${short(headline)}`, `    ${reason}`]),
  ];
}

/** `app talks to host → store`; how it came to be open, and what a stranger got, was told before. */
function short(headline: string): string {
  return headline.split(' → ').slice(0, 2).join(' → ').split(', ')[0] ?? headline;
}

function leftTo(owner: Owner, left: readonly Finding[]): string[] {
  const own = left.filter((finding) => finding.owner === owner);
  if (own.length === 0) return [];
  const more = own.length - SHOWN_PER_OWNER;
  return [
    `  for ${NAMES[owner]}`,
    ...own.slice(0, SHOWN_PER_OWNER).map(({ severity, message }) => `    [${severity}] ${message}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}
