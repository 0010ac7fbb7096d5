import { describe, expect, it } from 'vitest';
import { auditText } from '../index.ts';
import { sourceOf } from '../source.ts';
import { elasticsearchFormat } from './elasticsearch/read.ts';
import { recognise } from './index.ts';
import { addressOf, coversAddress, reachOf } from './pg-hba/address.ts';
import { covers, effectiveRows } from './pg-hba/covers.ts';
import { pgHbaFormat } from './pg-hba/read.ts';
import { postgresqlBoolean } from './postgresql/parse.ts';
import { postgresqlFormat } from './postgresql/read.ts';
import { splitArguments } from './redis/parse.ts';
import { redisHasPassword } from './redis/password.ts';
import { redisFormat } from './redis/read.ts';

const none = { text: () => null };

function hba(text: string) {
  return pgHbaFormat.read(sourceOf('pg_hba.conf', text), none);
}

describe('elasticsearch.yml', () => {
  it('flattens nested, dotted and mixed keys', () => {
    const text =
      'xpack:\n  security.http.ssl: { enabled: true }\n  security:\n    enabled: "false"\nhttp.cors.allow-origin: [a, b]\npath.repo: a, b\n';
    const { settings } = elasticsearchFormat.read(sourceOf('elasticsearch.yml', text), none).document;
    expect([...settings].map(([key, { values }]) => [key, values])).toEqual([
      ['xpack.security.http.ssl.enabled', ['true']],
      ['xpack.security.enabled', ['false']],
      ['http.cors.allow-origin', ['a', 'b']],
      ['path.repo', ['a', 'b']],
    ]);
  });

  it('judges absence only with a version', () => {
    const { report } = auditText('cluster.name: shop\nnetwork.host: 0.0.0.0\n', { format: 'elasticsearch.yml' });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['audit/elasticsearch-listens-everywhere']);
    expect(report.skips).toMatchObject([
      { code: 'AUDIT_UNKNOWN', subject: 'example#xpack.security.enabled', severity: 'note' },
    ]);
  });

  it('is told from other programs of its family', () => {
    expect(recognise('a/search.yml', 'cluster.name: x\nnetwork.host: 0.0.0.0\n')).toBe('elasticsearch.yml');
    expect(recognise('elasticsearch.yml', '# all defaults\n')).toBe('elasticsearch.yml');
    expect(
      recognise('kibana.yml', 'server.host: 0.0.0.0\nelasticsearch.hosts: [x]\nxpack.security.enabled: false\n'),
    ).toBeNull();
    expect(
      recognise('opensearch.yml', 'cluster.name: x\nnetwork.host: 0.0.0.0\nplugins.security.disabled: true\n'),
    ).toBe('opensearch.yml');
  });
});

describe('redis.conf', () => {
  it('splits arguments as Redis does', () => {
    const split = (text: string) => splitArguments(text, 0)?.map(({ value }) => value) ?? null;
    expect(split('requirepass "a b\\x41\\n"')).toEqual(['requirepass', 'a bA\n']);
    expect(split("save ''")).toEqual(['save', '']);
    expect(split("x 'it\\'s'")).toEqual(['x', "it's"]);
    expect(split('x "open')).toBeNull();
    expect(split('x "a"b')).toBeNull();
  });

  it('lets the last directive win, without regard to case', () => {
    const { document } = redisFormat.read(sourceOf('r', 'Protected-Mode no\nprotected-mode yes\n'), none);
    expect(document.last('protected-mode')?.arguments[0]?.value).toBe('yes');
  });

  it('knows when the default user has a password', () => {
    const has = (text: string) => redisHasPassword(redisFormat.read(sourceOf('r', text), none).document);
    expect(has('requirepass x\n')).toBe(true);
    expect(has('requirepass ""\n')).toBe(false);
    expect(has('user default on >x ~* +@all\n')).toBe(true);
    expect(has('user default on nopass ~* +@all\n')).toBe(false);
    expect(has('user default on >x nopass\n')).toBe(false);
    expect(has('user default off\n')).toBe(true);
    expect(has('user app on >x\n')).toBe(false);
  });

  it('does not judge absence when another file is included', () => {
    const { report } = auditText('bind 10.0.0.1\nprotected-mode no\ninclude /etc/redis/secret.conf\n', {
      path: 'redis.conf',
    });
    expect(report.findings).toEqual([]);
    expect(report.skips.map(({ code }) => code)).toEqual(['CONFIG_INCLUDE', ...Array(3).fill('AUDIT_UNKNOWN')]);
  });

  it('is recognised by its content', () => {
    expect(recognise('conf/cache.cfg', '# c\nbind 0.0.0.0\nprotected-mode no\nmaxmemory 1gb\n')).toBe('redis.conf');
    expect(recognise('notes.txt', 'maxmemory-policy is a setting\nthat we should set\nsome day\n')).toBeNull();
    expect(recognise('sentinel.conf', 'protected-mode no\nsentinel monitor m 127.0.0.1 6379 2\n')).toBeNull();
  });
});

describe('postgresql.conf', () => {
  it('reads quotes, comments and settings without an equals sign', () => {
    const text =
      "listen_addresses = '*'  # all\nPORT 5432\nsearch_path = '\"$user\", public'\na.b = 'it''s'\nbroken = = 1\n";
    const { document, skips } = postgresqlFormat.read(sourceOf('postgresql.conf', text), none);
    expect(document.settings.map(({ name, value }) => [name, value])).toEqual([
      ['listen_addresses', '*'],
      ['port', '5432'],
      ['search_path', '"$user", public'],
      ['a.b', "it's"],
    ]);
    expect(skips).toMatchObject([{ code: 'POSTGRESQL_SYNTAX', subject: 'postgresql.conf:5' }]);
  });

  it('reads booleans as the server does', () => {
    expect(['on', 'T', 'tru', 'yes', '1'].map(postgresqlBoolean)).toEqual([true, true, true, true, true]);
    expect(['off', 'of', 'F', 'n', '0'].map(postgresqlBoolean)).toEqual([false, false, false, false, false]);
    expect(['o', 'maybe', ''].map(postgresqlBoolean)).toEqual([null, null, null]);
  });

  it('is recognised by its content', () => {
    expect(recognise('db/custom.conf', "listen_addresses = '*'\nshared_buffers = 128MB\nmax_connections = 100\n")).toBe(
      'postgresql.conf',
    );
    expect(recognise('app.conf', 'max_connections = 100\n[section]\nfoo\nbar\n')).toBeNull();
  });
});

describe('pg_hba.conf', () => {
  it('reads lists, quotes, masks, options, continued lines and comments', () => {
    const text = [
      '# c',
      'local all all peer map=x # why',
      'host "all",shop, blog "we ird" 10.0.0.0 255.0.0.0 ldap ldapserver=h ldaptls=1',
      'hostssl all \\',
      '  +admins 2001:db8::/32 scram-sha-256',
      'host all all .example.org trust',
    ].join('\n');
    const { document, status } = hba(text);
    expect(status).toBe('read');
    expect(
      document.rows.map((row) => [
        row.type,
        row.databases.tokens.map((t) => t.text).join('|'),
        row.users.tokens[0]?.text,
        row.address?.text,
        row.method,
      ]),
    ).toEqual([
      ['local', 'all', 'all', undefined, 'peer'],
      ['host', 'all|shop|blog', 'we ird', '10.0.0.0 255.0.0.0', 'ldap'],
      ['hostssl', 'all', '+admins', '2001:db8::/32', 'scram-sha-256'],
      ['host', 'all', 'all', '.example.org', 'trust'],
    ]);
    expect(document.rows[1]?.options).toEqual([
      { name: 'ldapserver', value: 'h' },
      { name: 'ldaptls', value: '1' },
    ]);
    for (const row of document.rows) expect(text.slice(row.methodSpan.start, row.methodSpan.end)).toBe(row.method);
  });

  it('says which lines are not records', () => {
    const { skips, status } = hba(
      'host all all\nhost all all 10.0.0.1 trust\ninclude more.conf\nlocal @dbs all trust\n',
    );
    expect(skips.map(({ code, subject }) => [code, subject])).toEqual([
      ['PG_HBA_SYNTAX', 'pg_hba.conf:1'],
      ['PG_HBA_SYNTAX', 'pg_hba.conf:2'],
    ]);
    expect(status).toBe('partial');
  });

  it('knows whom an address means', () => {
    const reach = (text: string, mask: string | null = null) => reachOf(addressOf(text, false, mask));
    expect(['all', '0.0.0.0/0', '::/0'].map((text) => reach(text))).toEqual(['world', 'world', 'world']);
    expect(reach('0.0.0.0', '0.0.0.0')).toBe('world');
    expect(['127.0.0.1/32', '127.0.0.0/8', '::1/128', 'localhost', 'samehost'].map((text) => reach(text))).toEqual(
      Array(5).fill('loopback'),
    );
    expect(
      ['10.1.0.0/16', '172.17.0.0/16', '192.168.1.0/24', 'fd00::/8', 'samenet'].map((text) => reach(text)),
    ).toEqual(Array(5).fill('private'));
    expect(
      ['0.0.0.0/1', '127.0.0.0/1', '10.0.0.0/7', '172.16.0.0/11', '8.8.8.8/32', 'db.example.org'].map((text) =>
        reach(text),
      ),
    ).toEqual(Array(6).fill('network'));
  });

  it('knows that the first match decides', () => {
    const { rows } = hba(
      'host all all all reject\nhost all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\nlocal all all trust\n',
    ).document;
    expect(effectiveRows(rows).map(({ databases, type }) => [type, databases.tokens[0]?.text])).toEqual([
      ['host', 'all'],
      ['host', 'replication'],
      ['local', 'all'],
    ]);
    const [wide, narrow] = hba('hostssl all all 10.0.0.0/8 md5\nhost all all 10.1.0.0/16 md5\n').document.rows;
    expect(wide && narrow && covers(wide, narrow)).toBe(false);
    expect(coversAddress(addressOf('10.0.0.0/8', false, null), addressOf('10.255.0.0/16', false, null))).toBe(true);
    expect(coversAddress(addressOf('10.0.0.0/8', false, null), addressOf('11.0.0.0/16', false, null))).toBe(false);
  });

  it('is recognised by its rows', () => {
    expect(recognise('deploy/access.rules', '# who\nhost all all 0.0.0.0/0 md5\nlocal all all peer\n')).toBe(
      'pg_hba.conf',
    );
    expect(recognise('hosts.txt', 'host a b c d\nlocal pub\n')).toBeNull();
  });
});
