import { describe, expect, it } from 'vitest';
import { isPlaceholder, isReference, readConnection } from './connections.ts';
import { writtenSecret } from './secrets.ts';

describe('connection strings', () => {
  const cases: [string, Record<string, unknown> | null][] = [
    [
      'postgresql://app:p4ss@db:5432/shop?sslmode=disable',
      { engine: 'postgresql', host: 'db', port: 5432, tls: { state: 'off' } },
    ],
    [
      'postgresql+asyncpg://app:p4ss@db/shop',
      { engine: 'postgresql', user: { text: 'app' }, password: { text: 'p4ss' } },
    ],
    ['mysql://root@localhost/x', { engine: 'mysql', user: { text: 'root' }, password: null, host: 'localhost' }],
    ['mongodb+srv://a:b@cluster.example.com/x', { engine: 'mongodb', tls: { state: 'on' } }],
    ['redis://:secret@cache:6379/0', { engine: 'redis', user: null, password: { text: 'secret' } }],
    ['rediss://cache:6380', { engine: 'redis', tls: { state: 'on' }, password: null }],
    ['postgres://app:p@ss?w@db/shop', { host: 'db', password: { text: 'p@ss?w' } }],
    [
      'postgres://${USER:-a}:${PASS:-b/c}@db/shop',
      { user: { text: '${USER:-a}' }, password: { text: '${PASS:-b/c}' }, host: 'db' },
    ],
    [
      'jdbc:mysql://db.example.com:3306/x?useSSL=false&user=root',
      { engine: 'mysql', user: { text: 'root' }, tls: { state: 'off' } },
    ],
    [
      'jdbc:sqlserver://db:1433;databaseName=x;encrypt=false;user=sa',
      { engine: 'mssql', user: { text: 'sa' }, tls: { state: 'off' } },
    ],
    [
      'Server=tcp:db.example.com,1433;Database=x;User Id=sa;Password=p;Encrypt=True',
      { engine: 'mssql', host: 'db.example.com', port: 1433, tls: { state: 'on' } },
    ],
    [
      'Host=db;Port=5432;Database=x;Username=app;Password=p;SSL Mode=Disable',
      { engine: 'postgresql', user: { text: 'app' }, tls: { state: 'off' } },
    ],
    ['http://elastic:x@es:9200', { engine: 'elasticsearch' }],
    ['https://user:x@example.com/path', null],
    ['a=b;c=d', null],
    ['just text', null],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${text.slice(0, 50)}`, () => {
      const connection = readConnection(text);
      if (expected === null) expect(connection).toBeNull();
      else expect(connection).toMatchObject(expected);
      for (const part of [connection?.user, connection?.password]) {
        if (part) expect(text.slice(part.start, part.end)).toBe(part.text);
      }
    });
  }

  it('cost little, however long they are', () => {
    expect(readConnection(`postgres://${'@:'.repeat(100_000)}`)).toBeNull();
    const started = process.cpuUsage();
    for (let n = 0; n < 200; n += 1) readConnection(`postgres://${'?@'.repeat(2_000)}`);
    expect(process.cpuUsage(started).user / 1_000_000).toBeLessThan(3);
  });
});

describe('what is no secret', () => {
  for (const text of [
    '${X}',
    '$X',
    '{{ x }}',
    '<password>',
    'changeme',
    'your-api-key-here',
    'CHANGE_ME',
    '****',
    'vault:secret/x',
    '',
  ]) {
    it(`is ${JSON.stringify(text)}`, () => {
      expect(isPlaceholder(text) || isReference(text)).toBe(true);
      expect(writtenSecret('API_KEY', text)).toBeNull();
    });
  }
  for (const [name, value] of [
    ['PASSWORD_MIN_LENGTH', '12'],
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['MYSQL_ALLOW_EMPTY_PASSWORD', 'yes'],
    ['TOKEN_EXPIRY', '3600s-or-some-long-1'],
    ['CSRF_TOKEN_HEADER', 'X-Csrf-Token-0123456789'],
    ['PASSWORD', 'Enter your new password'],
    ['API_KEY', 'development-only-words'],
    ['RECAPTCHA_SITE_KEY', '6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI'],
  ] as const) {
    it(`is ${name}`, () => expect(writtenSecret(name, value)).toBeNull());
  }
  it('but a password by its name, or inside a connection string, is one', () => {
    expect(writtenSecret('spring.datasource.password'.split('.').at(-1) ?? '', 'correct-horse-1')).toMatchObject({
      kind: 'password',
    });
    expect(writtenSecret('clientSecret', 'Zx81correct0horse7')).toMatchObject({ kind: 'key' });
    expect(writtenSecret('X', 'postgres://a:correct-horse@db/x')).toMatchObject({
      kind: 'connection',
      span: { start: 13, end: 26 },
    });
  });
});
