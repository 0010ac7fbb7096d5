/** How the cost of a request grows with the policy, with the number of hits and with the size of the answer. */
import { answer, LONG_QUESTION, requireFiltered, writePolicy } from './fixture.mjs';
import { median } from './load.mjs';
import { upstream } from './peers.mjs';

const SECONDS = 4;
const ROUNDS = 3;
const HITS = [1, 10, 100, 500];
const PADDING = [0, 1000, 10_000];

/** Roles that everybody's token is looked at for, each with a rule over indices of its own. */
function roles(count, indices) {
  return Array.from({ length: count }, (_, n) => {
    const names = Array.from({ length: indices }, (_, k) => `index-${n}-${k}`).join(', ');
    return `  role-${n}:
    match: { issuer: bench, claims: { group: { equals: g${n % 2 === 0 ? '' : n} } } }
    rules: [{ indices: [${names}], operations: [search], filter: { term: { tenant: '\${claims.tenant}' } }, fields: { name: text, tenant: keyword } }]`;
  }).join('\n');
}

/** @returns a section of the report */
export async function measureGrowth({ folder, guard, ports, issuer, scripts, run, keep, ask }) {
  const answers = {};
  for (const hits of HITS) answers[`hits-${hits}`] = answer(`hits-${hits}`, hits);
  for (const padding of PADDING) answers[`padding-${padding}`] = answer(`padding-${padding}`, 10, padding);
  await keep(upstream(`${folder}/growth`, ports.store, answers));
  const indices = Object.keys(answers);
  const rows = [];

  async function measured(policy, cases) {
    const port = ports.guard;
    const file = writePolicy(folder, { port, store: ports.store, indices, more: policy });
    const process = await guard(file, port);
    for (const [name, index, hits] of cases) {
      const url = `http://127.0.0.1:${port}/${index}/_search`;
      requireFiltered(
        await ask(url, {
          body: LONG_QUESTION,
          authorization: `Bearer ${issuer.issue({ sub: 'check', role: 'mobile', group: 'g' })}`,
        }),
        hits,
      );
      const row = { name, url, script: scripts.growth, process };
      run(row, 2);
      const all = Array.from({ length: ROUNDS }, () => run(row, SECONDS));
      rows.push(
        `| ${name} | ${Buffer.byteLength(answers[index]).toLocaleString('en-US')} | ${median(all.map(({ cpu }) => cpu)).toFixed(0)} | ${Math.round(median(all.map(({ rate }) => rate))).toLocaleString('en-US')} |`,
      );
    }
    await process.stop();
  }

  for (const [count, each] of [
    [0, 0],
    [10, 10],
    [100, 10],
    [1000, 10],
    [10, 1000],
  ])
    await measured(roles(count, each), [
      [`${count + 2} roles, ${count * each + indices.length} indices; 10 hits`, 'hits-10', 10],
    ]);
  await measured('', [
    ...HITS.map((hits) => [`${hits} hits`, `hits-${hits}`, hits]),
    ...PADDING.map((padding) => [`10 hits with ${padding} bytes each that are not shown`, `padding-${padding}`, 10]),
  ]);
  return [
    '## Growth',
    `Strict, repeated tokens, ${ROUNDS} × ${SECONDS} s. Half of the further roles match the token too.`,
    ['| what | answer of the store, bytes | CPU µs/request | requests/s |', '|---|---|---|---|', ...rows].join('\n'),
  ];
}
