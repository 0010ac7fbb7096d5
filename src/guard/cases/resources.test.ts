import { describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { createOfflineDecider } from '../explain/decide-offline.ts';
import { FULL } from '../policy/testing/full.ts';
import { NOW, parse } from '../policy/testing/policies.ts';
import { parseCases } from './load.ts';
import { renderCases } from './render.ts';
import { runCases } from './run.ts';

const policy = parse(FULL);

/** Runs one case of Anna's in the real pipeline. */
async function run(request: string, expectation: string) {
  const text = `version: 1
principals:
  anna: { issuer: shop, subject: anna, claims: { scope: shop.read, realm: { id: r1 } } }
  agent: { roles: [support], subject: agent, claims: { sub: agent } }
cases:
  - name: one
    principal: ${request.includes('agent') ? 'agent' : 'anna'}
    request: ${request.replace(' # agent', '')}
    expect: ${expectation}
`;
  return runCases(policy, parseCases('/srv/cases.yaml', text), { decide: createOfflineDecider(policy, { now: NOW }) });
}

describe('a case about a resource', () => {
  it.each([
    [
      'a list with its filters',
      '{ resource: orders, operation: list, query: { status: open, "total[gte]": 5, size: 10 } }',
      '{ decision: allow, status: 200, upstream: { method: POST } }',
    ],
    ['a count', '{ resource: orders, operation: count }', '{ decision: allow, status: 200 }'],
    [
      'a document that an empty store has not',
      '{ resource: orders, operation: get }',
      '{ decision: allow, status: 404 }',
    ],
    [
      'a creation',
      '{ resource: orders, operation: create, body: { status: open, recipientId: 0b7e9ae5-9d7c-4e4b-8d3e-3f1d2c9a5b11 } }',
      '{ decision: allow, status: 201 }',
    ],
    [
      'a creation of what is not valid',
      '{ resource: orders, operation: create, body: { status: lost } }',
      '{ decision: deny, code: invalid, status: 422 }',
    ],
    [
      'a creation with a member too many (B224)',
      '{ resource: orders, operation: create, body: { status: open, customer: berta } }',
      '{ decision: deny, code: invalid }',
    ],
    [
      'an update of whichever version',
      '{ resource: orders, operation: update, body: { status: paid } }',
      '{ decision: allow, status: 404 }',
    ],
    [
      'a deletion',
      '{ resource: orders, operation: delete, id: 0b7e9ae5-9d7c-4e4b-8d3e-3f1d2c9a5b11 }',
      '{ decision: allow, status: 404 }',
    ],
    [
      'an operation that the role may not do',
      '{ resource: orders, operation: list } # agent',
      '{ decision: deny, code: forbidden, zeroUpstream: true }',
    ],
    [
      'a resource that the role has not',
      '{ resource: people, operation: get } # agent',
      '{ decision: deny, code: absent }',
    ],
    ['a table', '{ resource: people, operation: get, id: p1 }', '{ decision: allow, upstream: { method: SQL } }'],
  ])('comes true for %s', async (_title, request, expectation) => {
    const results = await run(request, expectation);
    expect(renderCases(results)).toContain('1 case, 0 failed');
  });

  it('fails when the policy has no such resource, and tells which operation it was', async () => {
    const text = renderCases(await run('{ resource: invoices, operation: list }', '{ decision: allow }'));
    expect(text).toContain('invoices.list');
    expect(text).toContain('resources of the policy');
  });

  it.each([
    ['an unknown operation', '{ resource: orders, operation: read }'],
    ['a path beside a resource', '{ resource: orders, operation: list, path: /v1/orders }'],
    ['neither', '{ method: GET }'],
    ['a misspelt key', '{ resource: orders, operation: list, querry: {} }'],
  ])('is refused with a place when it has %s', async (_title, request) => {
    await expect(run(request, '{ decision: allow }')).rejects.toThrow(PosternError);
  });
});
