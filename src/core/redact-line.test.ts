import { describe, expect, it } from 'vitest';
import { redactLine } from './redact-line.ts';

const SECRET = 'Zq7hunter2and8more9';
const SHORT = 'hunter2x';

describe('redactLine', () => {
  it.each(
    [SECRET, SHORT].flatMap((secret) => [
      `requirepass ${secret}`,
      `requirepass "${secret}"`,
      `masterauth ${secret}`,
      `  ELASTIC_PASSWORD: ${secret}`,
      `  ELASTIC_PASSWORD: "${secret}"   # a comment`,
      `  ELASTIC_PASSWORD: a ${secret} b`,
      `      - ELASTIC_PASSWORD=${secret}`,
      `      - "ELASTIC_PASSWORD=${secret}"`,
      `  "JWT_SECRET": ${secret}`,
      `environment: { MYSQL_ROOT_PASSWORD: ${secret}, MYSQL_ALLOW_EMPTY_PASSWORD: "yes" }`,
      `command: redis-server --requirepass ${secret} --protected-mode no`,
      `command: ["redis-server", "--requirepass", "${secret}"]`,
      `POSTGRES_PASSWORD: \${DB_PASSWORD:-${secret}}`,
      `url: postgres://shop:${secret}@db/shop`,
      `primary_conninfo = 'host=db password=${secret} user=x'`,
      `host all all 0.0.0.0/0 ldap ldapserver=x ldapbindpasswd="${secret}"`,
      `host all all ::/0 radius radiussecrets=${secret}`,
      `xpack.security.http.ssl.keystore.secure_password: ${secret}`,
      `user shop on >${secret} ~* +@all`,
      `test: redis-cli -a ${secret} ping`,
      `command: mysql -uroot -p${secret}`,
      `NEO4J_AUTH: neo4j/${secret}`,
      `hook: https://a.example/?key=${secret}`,
    ]),
  )('hides the secret of %s', (line) => {
    const shown = redactLine(line);
    expect(shown).not.toContain(SECRET.slice(4));
    expect(shown).not.toContain(SHORT);
  });

  it('hides what looks like a key under any name', () => {
    expect(redactLine('SIGNING: aB3dE5gH7jK9mN1pQ3sT5vW7')).toBe('SIGNING: aB3d…[24]');
  });

  it.each([
    'xpack.security.enabled: true',
    'network.host: 0.0.0.0',
    'password_encryption = scram-sha-256',
    'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}',
    'password: $ES_PASSWORD',
    'POSTGRES_PASSWORD_FILE: /run/secrets/db',
    'POSTGRES_HOST_AUTH_METHOD: trust',
    'image: docker.elastic.co/elasticsearch/elasticsearch:7.17.28',
    '      - "127.0.0.1:9200:9200"',
    'host all all 10.0.0.0/8 scram-sha-256',
    'command: redis-server --protected-mode yes --bind 127.0.0.1',
    '      - ./elasticsearch.yml:/usr/share/elasticsearch/config/elasticsearch.yml:ro',
    'MYSQL_ALLOW_EMPTY_PASSWORD: "yes"',
  ])('leaves %s alone', (line) => {
    expect(redactLine(line)).toBe(line);
  });

  it('gives a masked line back as it is', () => {
    const once = redactLine(`requirepass ${SECRET}`);
    expect(redactLine(once)).toBe(once);
  });
});
