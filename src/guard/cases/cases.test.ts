import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import type { Principal } from '../contract/principal.ts';
import { parse, withRoles } from '../policy/testing/policies.ts';
import { parseCases } from './load.ts';
import { renderCases } from './render.ts';
import { type CaseRequest, type Decided, runCases } from './run.ts';

const policy = parse(
  withRoles(`reader:
  match: { issuer: shop, claims: { scope: { contains: read } } }
  rules: [{ indices: [a], operations: [search], filter: all, fields: { f: keyword } }]
stranger:
  match: { anonymous: true }
  rules: [{ indices: [b], operations: [search], filter: all, fields: { f: keyword } }]`),
);

const ALLOWED: Decided = {
  decision: 'allow',
  status: 200,
  code: null,
  rule: 'roles.reader.rules[0]',
  requests: [{ method: 'POST', path: '/a/_search', body: '{"size":10,"query":{"bool":{"filter":[],"must":[]}}}' }],
};
const DENIED: Decided = { decision: 'deny', status: 403, code: 'forbidden', rule: null, requests: [] };

function file(
  expectation: string,
  request = '{ method: POST, path: /a/_search }',
  principal = '{ roles: [reader] }',
): string {
  return `version: 1\ncases:\n  - name: one\n    principal: ${principal}\n    request: ${request}\n    expect: ${expectation}\n`;
}

async function run(text: string, decided: Decided | Error = ALLOWED) {
  const asked: { request: CaseRequest; principal: Principal }[] = [];
  const results = await runCases(policy, parseCases('/srv/cases.yaml', text), {
    decide: async (request, principal) => {
      asked.push({ request, principal });
      if (decided instanceof Error) throw decided;
      return decided;
    },
  });
  return { results, asked, differences: results.flatMap((result) => result.differences) };
}

describe('runCases', () => {
  it('passes when everything that is expected comes true', async () => {
    const { results } = await run(
      file(
        `{ decision: allow, status: 200, rule: 'roles.reader.rules[0]', upstream: { method: POST, path: /a/_search, body: { query: { bool: { must: [], filter: [] } }, size: 10 } } }`,
      ),
    );
    expect(results[0]?.passed).toBe(true);
  });

  it.each([
    ['the decision', '{ decision: deny }', 'decision'],
    ['the status', '{ decision: allow, status: 201 }', 'status'],
    ['the reason', '{ decision: allow, code: forbidden }', 'code'],
    ['the rule', "{ decision: allow, rule: 'roles.reader.rules[1]' }", 'rule'],
    ['the path', '{ decision: allow, upstream: { path: /b/_search } }', 'path'],
    ['the body', '{ decision: allow, upstream: { body: { size: 11 } } }', 'body'],
    ['the number of requests', '{ decision: allow, upstream: [{ path: /a }, { path: /b }] }', 'requests to the store'],
    ['nothing to the store', '{ decision: allow, zeroUpstream: true }', 'requests to the store'],
  ])('fails when another one came of %s', async (_title, expectation, what) => {
    const { differences } = await run(file(expectation));
    expect(differences.map((difference) => difference.what)).toContain(what);
  });

  it('expects of every refusal that nothing reached the store', async () => {
    expect((await run(file('{ decision: deny, status: 403 }'), DENIED)).results[0]?.passed).toBe(true);
    const leaking = { ...DENIED, requests: ALLOWED.requests };
    expect((await run(file('{ decision: deny }'), leaking)).differences).toMatchObject([
      { what: 'requests to the store' },
    ]);
  });

  it('asks as the person of the case: roles follow from issuer and claims', async () => {
    const of = async (principal: string) =>
      (await run(file('{ decision: allow }', undefined, principal))).asked[0]?.principal;
    expect(await of('{ issuer: shop, subject: anna, claims: { scope: read } }')).toMatchObject({
      kind: 'token',
      id: 'token:shop:anna',
      roles: ['reader'],
      claims: { sub: 'anna' },
    });
    expect(await of('{ issuer: shop, claims: { scope: write } }')).toMatchObject({ roles: [] });
    expect(await of('{ anonymous: true }')).toMatchObject({ kind: 'anonymous', roles: ['stranger'] });
  });

  it('sends bodies as JSON, lines as NDJSON, and text as it stands', async () => {
    const sent = async (request: string) => {
      const { asked } = await run(file('{ decision: allow }', request));
      return [new TextDecoder().decode(asked[0]?.request.body), asked[0]?.request.headers.join(': ')];
    };
    expect(await sent('{ path: /a, body: { size: 1 } }')).toEqual(['{"size":1}', 'content-type: application/json']);
    expect(await sent('{ path: /a, lines: [{}, { size: 1 }] }')).toEqual([
      '{}\n{"size":1}\n',
      'content-type: application/x-ndjson',
    ]);
    expect(await sent(`{ path: /a, body: '{"a":1,"a":2}', headers: { Content-Type: text/plain } }`)).toEqual([
      '{"a":1,"a":2}',
      'Content-Type: text/plain',
    ]);
    expect(await sent('{ path: /a }')).toEqual(['', '']);
  });

  it('fails a case whose role the policy does not have, and one on which the pipeline breaks', async () => {
    expect((await run(file('{ decision: allow }', undefined, '{ roles: [nobody] }'))).results[0]?.passed).toBe(false);
    expect((await run(file('{ decision: deny }'), new TypeError('x'))).differences[0]?.actual).toBe(
      'failed: TypeError',
    );
  });
});

describe('renderCases', () => {
  it('shows a failed body as a diff, with the place of the case', async () => {
    const { results } = await run(
      file('{ decision: allow, upstream: { body: { size: 11, query: { bool: { filter: [], must: [] } } } } }'),
    );
    const text = renderCases(results);
    expect(text).toContain('✗ one');
    expect(text).toContain('/srv/cases.yaml:3:5');
    expect(text).toContain('      -   "size": 11');
    expect(text).toContain('      +   "size": 10');
    expect(text).toContain('1 case, 1 failed');
  });
});

describe('parseCases', () => {
  it('finds a person by name, and says where one is missing', () => {
    const text = `version: 1\nprincipals:\n  anna: { roles: [reader] }\n${file('{ decision: allow }', undefined, 'anna').slice(11)}`;
    expect(parseCases('/srv/c.yaml', text)[0]?.principal.roles).toEqual(['reader']);
    expect(() => parseCases('/srv/c.yaml', text.replace('principal: anna', 'principal: berta'))).toThrow(
      /no principal of this name/,
    );
  });

  it.each([
    ['no decision', file('{ status: 200 }')],
    ['a misspelt key', file('{ decison: allow }')],
    ['two sources', file('{ decision: allow }', undefined, '{ issuer: shop, anonymous: true }')],
    ['a path with white space', file('{ decision: allow }', '{ path: "/a b" }')],
    ['no case', 'version: 1\ncases: []\n'],
  ])('refuses %s with a place', (_title, text) => {
    expect(() => parseCases('/srv/c.yaml', text)).toThrow(PosternError);
    expect(() => parseCases('/srv/c.yaml', text)).toThrow(
      expect.objectContaining({ code: 'E_POLICY_INVALID', at: expect.objectContaining({ line: expect.any(Number) }) }),
    );
  });

  it('throws nothing but its own error, whatever stands in the file', () => {
    const base = file('{ decision: allow }');
    const edit = fc.record({ at: fc.nat(base.length), drop: fc.nat(9), put: fc.string({ maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = base;
        for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        try {
          parseCases('/srv/c.yaml', text);
        } catch (error) {
          expect(error).toBeInstanceOf(PosternError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
