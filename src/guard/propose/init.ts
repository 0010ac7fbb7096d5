/** `guard init`: a first policy, careful by default, with a TODO wherever only the owner can know. */
import type { CheckReport } from '../../core/contract/check.ts';
import type { Mapping } from '../policy/lint/mapping.ts';
import { isIndexName } from '../policy/schema/names.ts';
import { type Choice, type Classify, chooseFields } from './field-choice.ts';
import { proposeResources } from './resources.ts';
import { commentText, yamlText } from './yaml-text.ts';

export interface InitInput {
  /** From `GET /_mapping`. */
  readonly mapping?: Mapping;
  /** A report of `postern check --format json`: where the stores are and what they hold. */
  readonly report?: CheckReport;
  /** Without one no field counts as personal, and the policy says so. */
  readonly classify?: Classify;
  /** Proposes typed resources instead of rules of the search API. Of a mapping alone: their fields need types. */
  readonly resources?: boolean;
  /** Path of the editor's schema, for the first line. */
  readonly schema?: string;
}

interface ProposedStore {
  readonly name: string;
  readonly store: 'elasticsearch' | 'opensearch';
  readonly version: string;
  readonly node: string;
  readonly indices: readonly ProposedIndex[];
}

interface ProposedIndex {
  readonly name: string;
  /** Null: its fields are not known. */
  readonly choices: readonly Choice[] | null;
  readonly note: string | null;
}

/** @returns the text of a guard.yaml; its loader refuses it until every TODO is replaced */
export function proposePolicy(input: InitInput): string {
  const stores = storesOf(input);
  return [
    `# yaml-language-server: $schema=${input.schema ?? './node_modules/postern/schema/postern-guard.json'}`,
    '# Proposed by `postern guard init`. Replace each TODO; the gateway does not start before.',
    'version: 1',
    '',
    'listeners:',
    '  - address: 127.0.0.1:9280 # beyond loopback: add tls',
    '    # publicUrl: https://search.example.org',
    '    # tls: { certificate: certs/guard.crt, key: certs/guard.key }',
    '',
    'admin: { address: 127.0.0.1:9464 }',
    '',
    'upstreams:',
    ...stores.flatMap(upstreamLines),
    '',
    'identity:',
    '  issuers:',
    '    - name: main',
    '      issuer: TODO # the `iss` of your tokens, e.g. https://id.example.org/',
    '      audience: [TODO] # what tokens for this gateway name as `aud`',
    '      algorithms: [ES256] # as your issuer signs',
    '      types: [at+jwt] # access tokens (RFC 9068); add JWT if your issuer does not say at+jwt',
    '',
    'roles:',
    '  user:',
    '    match: { issuer: main } # narrow it, e.g. claims: { scope: { contains: search.read } }',
    '    limits: { rate: 20/s, burst: 40, concurrent: 10, documents: 2000/1h }',
    ...(input.resources === true
      ? resourcesOf(input, stores)
      : [
          '    rules:',
          ...stores.flatMap((store) => store.indices.flatMap((index) => ruleLines(store, index, stores.length > 1))),
        ]),
    '',
  ].join('\n');
}

function resourcesOf({ mapping, classify = () => [] }: InitInput, stores: readonly ProposedStore[]): readonly string[] {
  const several = stores.length > 1;
  const holderOf = (index: string) => stores.find(({ indices }) => indices.some(({ name }) => name === index))?.name;
  const { lines, leftOut } = proposeResources(mapping ?? new Map(), classify, (index) =>
    several ? (holderOf(index) ?? 'TODO') : null,
  );
  return [
    ...lines,
    ...leftOut.map((index) => `# No name of a resource could be made of the index ${commentText(index)}.`),
  ];
}

function storesOf({ mapping, report, classify = () => [] }: InitInput): readonly ProposedStore[] {
  const mapped = [...(mapping ?? [])]
    .filter(([name]) => isIndexName(name) && !name.startsWith('.'))
    .map(([name, fields]): ProposedIndex => ({ name, choices: chooseFields(name, fields, classify), note: null }));
  const found = report ? fromReport(report, mapped) : [];
  if (found.length > 0) return found;
  const node = 'TODO # e.g. https://10.0.0.5:9200';
  return [{ name: 'store', store: 'elasticsearch', version: 'auto', node, indices: mapped }];
}

/** Stores of the asset graph that this gateway can stand in front of, each with the data sets it holds. */
function fromReport(report: CheckReport, mapped: readonly ProposedIndex[]): readonly ProposedStore[] {
  const assets = new Map(report.assets.map((asset) => [asset.id, asset]));
  const names = new Set<string>();
  return report.assets.flatMap((asset): ProposedStore[] => {
    if (asset.kind !== 'store' || (asset.service !== 'elasticsearch' && asset.service !== 'opensearch')) return [];
    const held = report.edges
      .filter(({ from, relation }) => from === asset.id && relation === 'holds')
      .flatMap(({ to }) => assets.get(to) ?? []);
    const indices = held.flatMap((dataset): ProposedIndex[] => {
      if (dataset.kind !== 'dataset' || !isIndexName(dataset.name) || dataset.name.startsWith('.')) return [];
      const known = mapped.find(({ name }) => name === dataset.name);
      const note = dataset.categories.length > 0 ? `holds ${dataset.categories.join(', ')}` : null;
      return [{ name: dataset.name, choices: known?.choices ?? null, note }];
    });
    if (indices.length === 0) return [];
    const host = asset.address ?? asset.host ?? '127.0.0.1';
    return [
      {
        name: uniqueName(asset.service, names),
        store: asset.service,
        version: majorOf(asset.service, asset.version),
        node: yamlText(`http://${host.includes(':') ? `[${host}]` : host}:${asset.port ?? 9200}`),
        indices,
      },
    ];
  });
}

function uniqueName(base: string, taken: Set<string>): string {
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  taken.add(name);
  return name;
}

function majorOf(store: 'elasticsearch' | 'opensearch', version: string | undefined): string {
  const major = version?.split('.')[0] ?? '';
  return (store === 'elasticsearch' ? ['7', '8', '9'] : ['2', '3']).includes(major) ? major : 'auto';
}

function upstreamLines({ name, store, version, node }: ProposedStore): string[] {
  return [
    `  ${name}:`,
    `    store: ${store}`,
    `    version: ${version}`,
    `    nodes:`,
    `      - ${node}`,
    '    # credentials: { username: postern-guard, passwordFile: secrets/store }',
  ];
}

function ruleLines(store: ProposedStore, index: ProposedIndex, several: boolean): string[] {
  const lines = [
    ...(index.note === null ? [] : [`      # ${commentText(index.note)}`]),
    `      - indices: [${yamlText(index.name)}]`,
    ...(several ? [`        upstream: ${store.name}`] : []),
    '        operations: [search, count, get, field_caps]',
  ];
  const choices = index.choices ?? [];
  const owner = choices.find((choice) => isOwnerField(choice));
  if (owner) {
    lines.push(
      `        filter: { term: { ${yamlText(owner.name)}: '\${claims.${claimOf(owner.name)}}' } } # check: is this the claim that names the owner?`,
    );
  } else {
    lines.push(
      "        filter: TODO # which documents, e.g. { term: { owner: '${claims.sub}' } }; or the word all for every document",
    );
  }
  const shown = choices.filter(({ show }) => show !== null);
  if (index.choices === null) {
    return [...lines, '        fields: TODO # not known: run `postern guard init` with the mapping of the store'];
  }
  if (shown.length === 0) lines.push('        fields: TODO # no field could be shown');
  else lines.push('        fields:', ...shown.flatMap(fieldLine));
  const hidden = choices.filter(({ show }) => show === null);
  if (hidden.length > 0) lines.push('        # Left out, so for clients they do not exist:');
  for (const { name, why } of hidden) lines.push(`        #   ${commentText(name)}: ${commentText(why ?? '')}`);
  return lines;
}

function fieldLine(choice: Choice): string[] {
  if (choice.show === null) return [];
  const key = `          ${yamlText(choice.name)}:`;
  return choice.mask === null
    ? [`${key} ${choice.show}`]
    : [`${key} { type: ${choice.show}, mask: ${yamlText(choice.mask)} } # ${commentText(choice.why ?? '')}`];
}

const OWNERS = /^(?:tenant|org|organi[sz]ation|owner|user|customer|account|member|subject)(?:_?id)?$/i;

function isOwnerField(choice: Choice): choice is Exclude<Choice, { show: null }> {
  return choice.show === 'keyword' && OWNERS.test(choice.name);
}

/** A person's own id is what the token is about; a tenant is a claim of its own. */
function claimOf(field: string): string {
  return /^(?:tenant|org)/i.test(field) ? field : 'sub';
}
