import { describe, expect, it } from 'vitest';
import { principalOf } from '../cases/principal.ts';
import { FULL } from '../policy/testing/full.ts';
import { NOW, parse } from '../policy/testing/policies.ts';
import { createOfflineDecider } from './decide-offline.ts';

const policy = parse(FULL);
const decide = createOfflineDecider(policy, { now: NOW });
const ID = '0b7e9ae5-9d7c-4e4b-8d3e-3f1d2c9a5b11';

function asked(method: string, target: string, body?: unknown, headers: readonly string[] = []) {
  const claims = { scope: 'shop.read', realm: { id: 'r1' } };
  const principal = principalOf({ issuer: 'shop', subject: 'anna', claims }, policy);
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const text = body === undefined ? '' : JSON.stringify(body);
  return decide(
    {
      method,
      target,
      headers: [...headers, ...(text === '' ? [] : ['content-type', type])],
      body: new TextEncoder().encode(text),
    },
    principal,
  );
}

describe('a decision without a network, of a resource', () => {
  it('tells the query with the owner’s filter inside', async () => {
    const decision = await asked('GET', '/v1/orders?status=open&total%5Bgte%5D=5');
    expect(decision).toMatchObject({ decision: 'allow', status: 200, operation: 'resource.list', upstream: 'shop' });
    expect(decision.requests).toHaveLength(1);
    expect(decision.requests[0]?.body).toContain('"customer":');
    expect(decision.requests[0]?.body).toContain('"anna"');
  });

  it('tells what a new document would hold: the owner from the claim, encrypted fields as ciphertext', async () => {
    const order = { status: 'open', recipientId: ID, phone: '+49 30 5550100', note: 'ring twice' };
    const decision = await asked('POST', '/v1/orders', order);
    expect(decision).toMatchObject({ decision: 'allow', status: 201, operation: 'resource.create' });
    const sent = JSON.parse(decision.requests[0]?.body ?? '{}');
    expect(sent).toMatchObject({
      customer: 'anna',
      customer_ref: 'pseudonym:anna',
      recipient_ref: `pseudonym:${ID}`,
      phone: 'pv1.phone',
      note: 'pv1.note',
    });
    expect(decision.requests[0]?.body).not.toContain('5550100');
  });

  it('tells the statement and its values where the store is a database', async () => {
    const decision = await asked('GET', `/v2/people/${ID}`);
    expect(decision).toMatchObject({ decision: 'allow', status: 404, operation: 'resource.get', upstream: 'crm' });
    expect(decision.requests[0]).toMatchObject({ method: 'SQL', path: expect.stringMatching(/^SELECT /i) });
    expect(decision.requests[0]?.path).toContain('"sales"."people"');
    expect(decision.requests[0]?.body).toContain('pseudonym:r1');
  });

  it.each([
    ['an operation that the role has not', 'DELETE', `/v2/people/${ID}`, 'method'],
    ['a path that nobody declared', 'GET', '/v1/customers', 'absent'],
    ['a field that is not there', 'GET', '/v1/orders?secret=1', 'malformed_parameter'],
    ['a range of an encrypted field (B226)', 'GET', '/v1/orders?phone%5Bgte%5D=1', 'encrypted_field'],
  ])('refuses %s, and nothing reaches the store', async (_title, method, target, code) => {
    const decision = await asked(method, target);
    expect(decision).toMatchObject({ decision: 'deny', code, requests: [] });
  });

  it('tells that a description is answered to anyone', async () => {
    expect(await asked('GET', '/v1/openapi.json')).toMatchObject({
      decision: 'allow',
      status: 200,
      operation: 'describe',
    });
  });

  it('leaves the search API as it is', async () => {
    expect(await asked('GET', '/orders/_search')).toMatchObject({ decision: 'deny', requests: [] });
  });
});
