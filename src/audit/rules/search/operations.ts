/** Rules on scripts, deletion, snapshots and logs of a search engine, for both products. */
import { replaceValue } from '../../formats/settings/edit.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import type { Product, SearchFormat } from './product.ts';

export function destructiveWildcards<N extends SearchFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { name, id, sample } = product;
  return defineRule<N>({
    id: `audit/${id}-deletes-by-wildcard`,
    aliases,
    format: product.format,
    title: `One request may delete every index of ${name}`,
    severity: 'low',
    owner: 'it',
    topic: 'hardening',
    verified: {
      by: 'server',
      how: `${product.tried} with the setting false carries out DELETE /* on all indices; with true a wildcard is answered 400 (Wildcard expressions or all indices are not allowed) (${product.triedIn})`,
    },
    description:
      'With `action.destructive_requires_name: false` a request for `DELETE /*` or `DELETE /_all` is carried out. The extortion of open clusters works by just this request.',
    remediation: 'Set `action.destructive_requires_name: true`.',
    references: [
      id === 'elasticsearch'
        ? 'https://www.elastic.co/guide/en/elasticsearch/reference/current/index-management-settings.html'
        : 'https://docs.opensearch.org/latest/api-reference/index-apis/delete-index/',
    ],
    cwe: ['CWE-732'],
    examples: {
      bad: [`${sample}action.destructive_requires_name: false\n`],
      good: [`${sample}action.destructive_requires_name: true\n`, sample],
    },
    *check({ document }) {
      const setting = document.settings.get('action.destructive_requires_name');
      if (setting?.values[0]?.toLowerCase() !== 'false') return;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: 'false',
        expected: 'true',
        message: 'A request with a wildcard deletes every index at once.',
        fix: replaceValue(setting, 'true', {
          title: 'Let indices be deleted by name only',
          blastRadius: 'Scripts that delete or close indices by wildcard are refused.',
          needsConfirmation: false,
        }),
      };
    },
  });
}

const EVERY_HOST = /^\*(?::(?:\*|\d+))?$/;

export function remoteReindex<N extends SearchFormat>(
  product: Product<N>,
  aliases: string[],
  key: string,
  how: string,
): AuditRule<N> {
  const { name, id, sample } = product;
  return defineRule<N>({
    id: `audit/${id}-reindex-from-any-host`,
    aliases,
    format: product.format,
    title: `${name} fetches data from any host that a client names`,
    severity: 'medium',
    owner: 'developer',
    topic: 'network-exposure',
    verified: { by: 'source', how },
    description: `With \`${key}: "*:*"\` whoever may reindex can make the server send requests to any host and port it reaches: inside the network, and to the cloud's metadata service.`,
    remediation: `Name the hosts with their ports in \`${key}\`, and remove the setting after the migration.`,
    references: [how.split(' ')[0] ?? ''],
    cwe: ['CWE-918'],
    examples: {
      bad: [`${sample}${key}: "*:*"\n`, `${sample}${key}: ["*:9200"]\n`],
      good: [`${sample}${key}: ["old.example.org:9200"]\n`, `${sample}${key}: "*.internal.example.org:9200"\n`],
    },
    *check({ document }) {
      const setting = document.settings.get(key) ?? document.settings.get('reindex.remote.whitelist');
      if (!setting?.values.some((value) => EVERY_HOST.test(value))) return;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: setting.values.join(', '),
        expected: 'named hosts with ports',
        message: `${name} copies data from any host that a request names.`,
      };
    },
  });
}

export function anyUrlRepository<N extends SearchFormat>(product: Product<N>, how: string): AuditRule<N> {
  const { name, id, sample } = product;
  const key = 'repositories.url.allowed_urls';
  return defineRule<N>({
    id: `audit/${id}-snapshots-from-any-url`,
    format: product.format,
    title: `${name} reads snapshots from any URL`,
    severity: 'medium',
    owner: 'it',
    topic: 'network-exposure',
    verified: { by: 'source', how },
    description: `\`${key}\` with a \`*\` for the host lets whoever may register a repository make the server fetch from any address, and restore indices – users and roles among them – from a place of their choice.`,
    remediation: `List the full addresses of your repositories in \`${key}\`.`,
    references: [how.split(' ')[0] ?? ''],
    cwe: ['CWE-918'],
    examples: {
      bad: [`${sample}${key}: ["http://*"]\n`, `${sample}${key}: "*"\n`],
      good: [`${sample}${key}: ["https://snapshots.example.org/*"]\n`, sample],
    },
    *check({ document }) {
      const setting = document.settings.get(key);
      if (!setting?.values.some((value) => /^(?:\*|(?:https?|ftp|file|jar):(?:\/\/)?\*)/.test(value))) return;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: setting.values.join(', '),
        expected: 'full addresses of repositories',
        message: `${name} reads snapshots from any URL that a request names.`,
      };
    },
  });
}

/** Folders that everybody on the machine reads, or that a web server hands out. */
const SHARED =
  /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\/var\/www|\/srv\/(?:www|http|ftp)|\/usr\/share\/nginx|\/var\/ftp|\/public_html|\/home\/[^/]+\/public_html)(?:\/|$)/;

export function servedSnapshots<N extends SearchFormat>(product: Product<N>): AuditRule<N> {
  const { name, id, sample } = product;
  return defineRule<N>({
    id: `audit/${id}-snapshots-in-a-shared-folder`,
    format: product.format,
    title: `${name} keeps snapshots where others can read them`,
    severity: 'high',
    owner: 'it',
    topic: 'retention',
    verified: {
      by: 'source',
      how: 'https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s18.html – /tmp is for every program and may be emptied at any time; /var/www and /usr/share/nginx/html are the document roots of the packaged web servers',
    },
    description:
      'A folder repository (`path.repo`) holds whole copies of the indices. Below `/tmp` every account of the machine may reach it and a restart may empty it; below a web root it can be downloaded by name.',
    remediation:
      "Move the repository to a folder of its own that only the node's account reads (mode 0700), or to object storage with its own credentials, and register it anew.",
    references: ['https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s18.html', product.network],
    cwe: ['CWE-552', 'CWE-530'],
    examples: {
      bad: [`${sample}path.repo: ["/var/www/html/backup"]\n`, `${sample}path:\n  repo: /tmp/snapshots\n`],
      good: [`${sample}path.repo: ["/var/backups/${id}"]\n`, `${sample}path.repo: /tmpfs-backups\n`],
    },
    *check({ document }, { runtimes }) {
      const setting = document.settings.get('path.repo');
      const shared = setting?.values.find((value) => SHARED.test(value));
      if (!setting || shared === undefined) return;
      const web = /www|nginx|http|ftp|public_html/.test(shared);
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: shared,
        expected: 'a folder of its own',
        message: `Snapshots are kept below ${shared}, ${web ? 'which a web or FTP server may hand out' : 'which every account of the machine may reach'}.`,
        // A container has its /tmp to itself.
        severity: web ? 'high' : runtimes.length > 0 ? 'low' : 'medium',
      };
    },
  });
}
