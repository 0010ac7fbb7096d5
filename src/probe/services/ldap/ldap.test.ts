import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { ldapAllow } from './allow.ts';
import { element, message, octets, searchRequest, small } from './ber.ts';
import { ldap } from './index.ts';

const done = (id: number, tag: number, code: number) =>
  message(id, element(tag, small(code, 0x0a), octets(''), octets('')));
const entry = (id: number, name: string, attributes: Record<string, string[]>) =>
  message(
    id,
    element(
      0x64,
      octets(name),
      element(
        0x30,
        ...Object.entries(attributes).map(([key, values]) =>
          element(0x30, octets(key), element(0x31, ...values.map((value) => octets(value)))),
        ),
      ),
    ),
  );

/** @param children the answer to a search below the naming context */
function server(bind: number, children: (id: number) => Buffer, control = 32) {
  return scriptedContext(ldap.allow, {
    answer: (request) => {
      const id = request[request[1] === 0x82 ? 6 : 4] ?? 0;
      const body = request.toString('latin1');
      if (request.includes(Buffer.from([0x60, 7, 2, 1, 3]))) return done(id, 0x61, bind);
      if (body.includes('cn=postern'))
        return control === 0 ? Buffer.concat([entry(id, 'cn=x', {}), done(id, 0x65, 0)]) : done(id, 0x65, control);
      if (body.includes('namingContexts'))
        return Buffer.concat([
          entry(id, '', { namingContexts: ['DC=example,DC=org'], vendorVersion: ['Synthetic 2.1'] }),
          done(id, 0x65, 0),
        ]);
      return children(id);
    },
  });
}

describe('the LDAP probe', () => {
  it('calls an Active Directory that answers 000004DC secured, for all its root DSE', async () => {
    const seen = await ldap.probe(server(0, (id) => done(id, 0x65, 1), 1));
    expect(seen).toMatchObject({ identified: true, verdict: 'secured', version: '2.1', datasets: [] });
    expect(seen.reason).toContain('operationsError');
  });

  it('keeps names of attributes and drops names of entries', async () => {
    const people = (id: number) =>
      Buffer.concat([
        entry(id, 'uid=someone,dc=example,dc=org', { mail: [], 'someone@example.org': [] }),
        done(id, 0x65, 4),
      ]);
    const context = server(0, people);
    const seen = await ldap.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'DC=example,DC=org' }] });
    expect(seen.datasets[0]?.fields[0]).toBe('mail');
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('someone');
  });

  it('doubts a directory that has every entry', async () => {
    expect(await ldap.probe(server(0, (id) => done(id, 0x65, 0), 0))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('never asks for values of entries', () => {
    const asks = (typesOnly: boolean, sizeLimit: number) =>
      ldapAllow.permitsBytes(
        message(
          4,
          searchRequest({
            base: 'dc=example',
            scope: 2,
            sizeLimit,
            typesOnly,
            objectClass: 'person',
            attributes: ['*'],
          }),
        ),
      );
    expect(asks(true, 1)).toBe(true);
    expect(asks(false, 1)).toBe(false);
    expect(asks(true, 100)).toBe(false);
  });
});
