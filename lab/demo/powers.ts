/** What the story tells from a report of `check`: people affected, who reads what, and the firewalls that are missing. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckReport } from '../../src/core/contract/check.ts';

type Story = CheckReport['stories'][number];

/** One line for each open store that told: `shop-db  customers 3,900   by its own statistics`. */
export function peopleLines(report: Pick<CheckReport, 'stories' | 'assets'>): string[] {
  return openStores(report).flatMap(({ story, name, service }) => {
    const told = story.datasets.flatMap(({ name: set, people }) => (people === undefined ? [] : [{ set, people }]));
    const [first] = told;
    if (first === undefined) return [];
    const sets = told
      .toSorted((a, b) => b.people.count - a.people.count)
      .map(({ set, people }) => `${set} ${people.count.toLocaleString('en')}`);
    const fields = [...new Set(told.flatMap(({ people }) => people.field ?? []))].join(' or ');
    const how = {
      cardinality: `how many values of ${fields} differ`,
      statistics: `its own statistics of ${fields}`,
      records: 'one record each',
    }[first.people.how];
    return [`${name} (${service}): ${sets.join(', ')}   ${how}`];
  });
}

/** The stores that a story tells as exposed, for which a firewall is written. */
export function openStoresOf(report: Pick<CheckReport, 'stories' | 'assets'>): { name: string; host: string }[] {
  return [...new Map(openStores(report).map(({ name, host }) => [host, { name, host }])).values()];
}

function openStores({ stories, assets }: Pick<CheckReport, 'stories' | 'assets'>) {
  return stories.flatMap((story: Story) => {
    const store = assets.find(({ id }) => id === story.store);
    if (story.state !== 'exposed' || store?.kind !== 'store' || store.host === undefined) return [];
    const { host, service } = store;
    return [{ story, host, service, name: host.split('.')[0] ?? host }];
  });
}

const COLUMNS = [
  ['stranger', 'stranger'],
  ['signed-in', 'signed in'],
  ['other-user', 'other user'],
  ['old-app', 'old app'],
] as const;
const WORDS = { yes: 'reads', no: 'no', unknown: 'unknown', untested: '–' } as const;

/** Who reads what, one line per endpoint. What everybody may read is left out. */
export function accessLines(access: NonNullable<CheckReport['access']>): string[] {
  const rows = access
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ objects }) => objects !== 'public')
    .map(({ what, access: own }) => [
      what,
      ...COLUMNS.map(([as]) => {
        const answers = own.filter((one) => one.as === as).map(({ read }) => read);
        return WORDS[(['yes', 'unknown', 'no'] as const).find((answer) => answers.includes(answer)) ?? 'untested'];
      }),
    ]);
  const table = [['', ...COLUMNS.map(([, title]) => title)], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const GIVEN_AWAY = new Set(['probe/other-user-reads', 'probe/stranger-reads-api', 'probe/old-app-reads']);

/** `3 endpoints gave away what is somebody else's, now none does`. */
export function givenAwayLine(before: CheckReport['findings'], after: CheckReport['findings']): string {
  const [was, is] = [before, after].map((findings) => findings.filter(({ rule }) => GIVEN_AWAY.has(rule)).length);
  return `${was} endpoints gave away what is somebody else's, now ${is === 0 ? 'none does' : `${is} of them`}`;
}

/** The rules of the stores in a generated nftables file: who gets in, and that nobody else does. */
export function storeChain(nftables: string): string[] {
  const lines = nftables.split('\n').map((line) => line.replaceAll('\t', '  '));
  const jumps = lines.filter((line) => / goto \w+$/.test(line)).map((line) => line.trim());
  const names = jumps.map((line) => line.split(' ').at(-1));
  const chains = names.flatMap((name) => {
    const from = lines.indexOf(`  chain ${name} {`);
    const to = lines.indexOf('  }', from);
    return from < 0 || to < 0 ? [] : lines.slice(from, to + 1).map((line) => line.slice(2));
  });
  return [...jumps, ...chains];
}

/** What the developers of the shop's API would release: that it looks whose object it hands out. Returns the change. */
export async function mendApi(dir: string): Promise<string[]> {
  const path = join(dir, 'deploy', 'api', 'api.yaml');
  const text = await readFile(path, 'utf8').catch(() => '');
  const mended = text.replace(/^checkOwner: false$/m, 'checkOwner: true');
  if (mended === text) return [];
  await writeFile(path, mended);
  return ['deploy/api/api.yaml:2', '- checkOwner: false', '+ checkOwner: true'];
}
