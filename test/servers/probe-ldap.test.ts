import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate, type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const slapd = requireServer('slapd', ['slapd']);
const slapadd = slapd ? requireServer('slapadd', ['slapadd']) : undefined;
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

const LDIF = `dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: example
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: uid=canary,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: canary
cn: Canary Someone
sn: Someone
mail: canary@example.org
userPassword: synthetic
`;

async function start(lines: readonly string[], scheme: 'ldap' | 'ldaps' = 'ldap'): Promise<number> {
  const folder = workFolder('slapd');
  const port = await freePort();
  const { key, cert } = certificate(folder);
  mkdirSync(join(folder, 'data'));
  const config = [
    ...['core', 'cosine', 'inetorgperson'].map((schema) => `include /etc/ldap/schema/${schema}.schema`),
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${folder}/pid`,
    `TLSCertificateFile ${cert}`,
    `TLSCertificateKeyFile ${key}`,
    ...lines.filter((line) => !line.startsWith('access')),
    'database mdb',
    'suffix "dc=example,dc=org"',
    'rootdn "cn=owner,dc=example,dc=org"',
    `directory ${folder}/data`,
    ...lines.filter((line) => line.startsWith('access')),
  ];
  const file = join(folder, 'slapd.conf');
  writeFileSync(file, `${config.join('\n')}\n`);
  writeFileSync(join(folder, 'data.ldif'), LDIF);
  execFileSync(slapadd ?? '', ['-f', file, '-l', join(folder, 'data.ldif')], { stdio: 'ignore' });
  const args = ['-d', '0', '-f', file, '-h', `${scheme}://127.0.0.1:${port}/`];
  daemons.push(await startDaemon({ name: 'slapd', command: slapd ?? '', args, port, folder }));
  return port;
}

describe.skipIf(!slapd || !slapadd)('a real OpenLDAP', () => {
  it('as it comes is readable: naming contexts and names of attributes, no entry and no value', async () => {
    const port = await start([]);
    const result = await askWatched(port, 'ldap');
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'dc=example,dc=org' }] });
    expect(result.datasets[0]?.fields).toEqual(expect.arrayContaining(['mail', 'cn', 'uid']));
    expect(JSON.stringify(result)).not.toMatch(/canary|someone|people/i);
    expect(await askPort(port)).toMatchObject({ service: 'ldap', verdict: 'anonymous-read' });
  });

  it('that refuses anonymous binds only is still readable, and is told so', async () => {
    const result = await askWatched(await start(['disallow bind_anon']), 'ldap');
    expect(result).toMatchObject({ verdict: 'anonymous-read' });
    expect(result.reason).toContain('bind is refused');
  });

  it('that requires a login, or whose access rules shut strangers out, is secured', async () => {
    expect(await askWatched(await start(['disallow bind_anon', 'require authc']), 'ldap')).toMatchObject({
      verdict: 'secured',
      datasets: [],
    });
    expect(await askWatched(await start(['access to * by users read by anonymous auth']), 'ldap')).toMatchObject({
      verdict: 'secured',
      datasets: [],
    });
  });

  it('is read over LDAPS, and by StartTLS where the server demands it', async () => {
    expect(await askPort(await start([], 'ldaps'), 'ldap')).toMatchObject({ verdict: 'anonymous-read' });
    expect(await askWatched(await start(['security tls=1']), 'ldap')).toMatchObject({ verdict: 'anonymous-read' });
  });
});
