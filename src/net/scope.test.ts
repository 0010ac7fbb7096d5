import { describe, expect, it } from 'vitest';
import { generateSigningKey, STATEMENT_SCHEMA, signStatement } from '../crypto/index.ts';
import { type AuthorityEnvironment, scopeTxtRecord } from './authority.ts';
import { createScope, isAuthorized, type ScopeEntry } from './scope.ts';

const NOW = new Date('2026-06-01T12:00:00Z');

function environment(records: Record<string, string[][]> = {}, trustedKeys: string[] = []): AuthorityEnvironment {
  return {
    now: () => NOW,
    resolveTxt: async (name) => {
      const found = records[name];
      if (found === undefined) throw Object.assign(new Error('none'), { code: 'ENODATA' });
      return found;
    },
    trustedKeys,
  };
}

const SHOP: ScopeEntry = {
  host: 'search.shop.example',
  addresses: ['203.0.113.7', '2001:db8::/64'],
  resolve: 'dns',
  authority: 'dns-txt',
};
const RECORD = scopeTxtRecord(SHOP.addresses);

async function refusalOf(entry: ScopeEntry, where = environment()): Promise<string> {
  const scope = await createScope([entry], where);
  expect(scope.targets).toEqual([]);
  expect(scope.refused).toHaveLength(1);
  expect(scope.refused[0]?.error.code).toBe('E_AUTHORITY');
  return scope.refused[0]?.error.message ?? '';
}

describe('loopback as authority', () => {
  it('needs every address to be a loopback address', async () => {
    const entry: ScopeEntry = {
      host: 'localhost',
      addresses: ['127.0.0.0/8', '::1'],
      resolve: 'dns',
      authority: 'loopback',
    };
    const scope = await createScope([entry], environment());
    expect(scope.find('LOCALHOST.')).toMatchObject({
      authority: { kind: 'loopback' },
      allowed: ['127.0.0.0/8', '::1'],
    });
    expect(await refusalOf({ ...entry, addresses: ['127.0.0.1', '10.0.0.1'] })).toContain('10.0.0.1');
    expect(await refusalOf({ ...entry, addresses: [] })).toContain('lists no addresses');
  });

  it('takes an IPv4-mapped loopback address for what it is', async () => {
    const entry: ScopeEntry = {
      host: 'app',
      addresses: ['::ffff:127.0.0.1'],
      resolve: 'listed',
      authority: 'loopback',
    };
    expect((await createScope([entry], environment())).targets[0]?.allowed).toEqual(['127.0.0.1']);
    expect(await refusalOf({ ...entry, addresses: ['::ffff:10.0.0.1'] })).toContain('10.0.0.1');
  });
});

describe('a TXT record as authority', () => {
  it('confirms exactly the listed addresses, in any order and spelling', async () => {
    const where = environment({
      '_postern.search.shop.example': [['v=spf1 -all'], [RECORD.slice(0, 20), RECORD.slice(20)]],
    });
    const scope = await createScope([{ ...SHOP, addresses: ['2001:DB8::/64', '203.0.113.7'] }], where);
    expect(scope.refused).toEqual([]);
    expect(scope.targets[0]?.authority).toEqual({
      kind: 'dns-txt',
      name: '_postern.search.shop.example',
      confirmedAt: NOW.toISOString(),
    });
  });

  it('does not confirm other addresses, and says what to publish', async () => {
    const where = environment({ '_postern.search.shop.example': [[RECORD]] });
    const scope = await createScope([{ ...SHOP, addresses: ['203.0.113.8'] }], where);
    expect(scope.refused[0]?.error.message).toContain('for other addresses');
    expect(scope.refused[0]?.error.hint).toContain(scopeTxtRecord(['203.0.113.8']));
    expect(await refusalOf(SHOP)).toContain('has no TXT record');
  });

  it('cannot stand under an address', async () => {
    expect(await refusalOf({ ...SHOP, host: '203.0.113.7' })).toContain('cannot carry a TXT record');
  });
});

describe('a signed statement as authority', () => {
  const key = generateSigningKey();
  const body = {
    schema: STATEMENT_SCHEMA,
    issuer: 'Example Ltd',
    issuedAt: '2026-05-01T00:00:00Z',
    expires: '2026-07-01T00:00:00Z',
    targets: [{ host: 'search.shop.example', addresses: ['203.0.113.0/24'] }],
  } as const;
  const entry = (statement: ReturnType<typeof signStatement>, addresses = ['203.0.113.7']): ScopeEntry => ({
    ...SHOP,
    addresses,
    authority: { statement },
  });
  const sign = (over: object = {}) => signStatement({ ...body, targets: [...body.targets], ...over } as never, key);

  it('covers the hosts and addresses that it names', async () => {
    const scope = await createScope([entry(sign())], environment({}, [key.publicKey]));
    expect(scope.targets[0]?.authority).toMatchObject({ kind: 'signed-statement', keyId: key.keyId });
  });

  it('covers neither other addresses nor other hosts', async () => {
    const trusted = environment({}, [key.publicKey]);
    expect(await refusalOf(entry(sign(), ['203.0.114.7']), trusted)).toContain('203.0.114.7');
    expect(await refusalOf(entry(sign(), ['203.0.112.0/23']), trusted)).toContain('203.0.112.0/23');
    expect(await refusalOf({ ...entry(sign()), host: 'other.example' }, trusted)).toContain(
      'does not name for this host',
    );
  });

  it('is nothing when expired, changed, or signed by a key that is not pinned', async () => {
    const trusted = environment({}, [key.publicKey]);
    await refusalOf(entry(sign({ expires: '2026-06-01T12:00:00Z' })), trusted);
    const forged = structuredClone(sign());
    forged.body.targets[0]!.addresses.push('198.51.100.1');
    await refusalOf(entry(forged, ['198.51.100.1']), trusted);
    await refusalOf(entry(sign()), environment({}, [generateSigningKey().publicKey]));
  });
});

describe('a provider’s project as authority', () => {
  const firebase = (host: string, id = 'my-project'): ScopeEntry => ({
    host,
    addresses: [],
    resolve: 'dns',
    authority: { project: { provider: 'firebase', id } },
    managedService: 'firebase-rtdb',
  });

  it('is good for the host names that the provider makes from the id', async () => {
    const hosts = [
      'my-project.firebaseio.com',
      'my-project-default-rtdb.firebaseio.com',
      'my-project-default-rtdb.europe-west1.firebasedatabase.app',
    ];
    const scope = await createScope(
      hosts.map((host) => firebase(host)),
      environment(),
    );
    expect(scope.targets.map((target) => target.host)).toEqual(hosts);
  });

  it.each([
    'my-project.firebaseio.com.evil.example',
    'other.firebaseio.com',
    'xmy-project.firebaseio.com',
    'my-project.x.y.firebasedatabase.app',
    'localhost',
  ])('is nothing for %s', async (host) => {
    expect(await refusalOf(firebase(host))).toContain('is not a host');
  });

  it('is nothing for a provider that is a property of every object', async () => {
    const entry = {
      ...firebase('my-project.firebaseio.com'),
      authority: { project: { provider: 'constructor', id: 'a' } },
    };
    expect(await refusalOf(entry)).toContain('constructor');
  });

  it('is nothing for an id that is a pattern', async () => {
    expect(await refusalOf(firebase('anything.firebaseio.com', '.*'))).toContain('is not a host');
  });
});

describe('a scope', () => {
  it.each(['2130706433', '0x7f.1', '127.1', 'a b', 'host:80', 'user@host', 'http://host', '', '-x.example'])(
    'has no place for the host %j',
    async (host) => {
      await refusalOf({ host, addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' });
    },
  );

  it.each(['0.0.0.0', '::', '224.0.0.1', '255.255.255.255', '0.0.0.0/0', '198.0.0.0/8'])(
    'never holds %s',
    async (address) => {
      const where = environment({ '_postern.search.shop.example': [[scopeTxtRecord([address])]] });
      await refusalOf({ ...SHOP, addresses: [address] }, where);
    },
  );

  it('keeps the good entries beside a bad one', async () => {
    const good: ScopeEntry = { host: 'localhost', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' };
    const scope = await createScope([good, SHOP], environment());
    expect(scope.targets).toHaveLength(1);
    expect(scope.refused).toHaveLength(1);
  });

  it('has a hash that neither order nor the time of confirmation changes, and every address does', async () => {
    const records = { '_postern.search.shop.example': [[RECORD]] };
    const local: ScopeEntry = {
      host: 'localhost',
      addresses: ['::1', '127.0.0.1'],
      resolve: 'listed',
      authority: 'loopback',
    };
    const one = await createScope([SHOP, local], environment(records));
    const later = { ...environment(records), now: () => new Date('2027-01-01T00:00:00Z') };
    const two = await createScope([{ ...local, addresses: ['127.0.0.1', '::1'] }, SHOP], later);
    const three = await createScope([SHOP, { ...local, addresses: ['127.0.0.1'] }], environment(records));
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(two.hash).toBe(one.hash);
    expect(three.hash).not.toBe(one.hash);
  });

  it('makes targets that nobody else can make', async () => {
    const scope = await createScope(
      [{ host: 'localhost', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' }],
      environment(),
    );
    const [target] = scope.targets;
    if (target === undefined) throw new Error('no target');
    expect(isAuthorized(target)).toBe(true);
    expect(isAuthorized(JSON.parse(JSON.stringify(target)))).toBe(false);
    expect(() => Object.assign(target, { allowed: ['0.0.0.0/0'] })).toThrow(TypeError);
    expect(() => (target.allowed as string[]).push('0.0.0.0/0')).toThrow(TypeError);
  });
});
