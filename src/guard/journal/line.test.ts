import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionEntry } from './entry.ts';
import { checkpointBody, entryBody, LINE_LIMIT, linkOf, NO_LINE, sealLine, segmentBody } from './line.ts';
import { decision } from './testing/entries.ts';

function printed(entry: DecisionEntry): Record<string, Record<string, unknown>> {
  return JSON.parse(sealLine(entryBody(entry), 7, NO_LINE).line);
}

/** Of the Elastic Common Schema 8.17, those that are used; https://www.elastic.co/guide/en/ecs/8.17/ecs-field-reference.html */
const ECS_FIELDS = new Set([
  '@timestamp',
  'ecs.version',
  'event.kind',
  'event.category',
  'event.type',
  'event.action',
  'event.outcome',
  'event.dataset',
  'event.duration',
  'event.code',
  'event.reason',
  'http.request.id',
  'http.response.status_code',
  'user.hash',
  'user.roles',
  'rule.name',
]);
/** event.type values that ECS expects with event.category `api` and `process`. */
const API_TYPES = [
  'access',
  'admin',
  'allowed',
  'change',
  'creation',
  'deletion',
  'denied',
  'end',
  'info',
  'start',
  'user',
];
const PROCESS_TYPES = ['access', 'change', 'end', 'info', 'start'];

function fieldsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`));
}

describe('a line', () => {
  it('says who decided what about whom in ECS words', () => {
    expect(printed(decision(0, { code: null, status: 200 }))).toMatchObject({
      '@timestamp': '2026-01-02T03:04:05.006Z',
      ecs: { version: '8.17.0' },
      event: {
        kind: 'event',
        category: ['api'],
        type: ['access', 'allowed'],
        action: 'search',
        outcome: 'success',
        duration: 1_234_000,
      },
      http: { request: { id: 'r-0' }, response: { status_code: 200 } },
      user: { hash: 'cHJpbmNpcGFs', roles: ['mobile'] },
      rule: { name: ['roles.mobile.rules[0]'] },
      postern: { decision: 'allow', indices: ['profiles'], documents: 10, upstream: 'shop', peer: '203.0.113.0/24' },
    });
  });

  it('says why a stranger was refused, and invents no user', () => {
    const line = printed(
      decision(0, {
        operation: null,
        decision: 'deny',
        code: 'unauthenticated',
        detail: 'no credentials',
        status: 401,
        role: null,
        principal: null,
        rules: [],
        authKind: null,
      }),
    );
    expect(line.event).toMatchObject({
      type: ['access', 'denied'],
      outcome: 'failure',
      code: 'unauthenticated',
      reason: 'no credentials',
    });
    expect(line).not.toHaveProperty('user');
    expect(line).not.toHaveProperty('rule');
  });

  it.each([
    ['index', 'change'],
    ['create', 'creation'],
    ['update', 'change'],
    ['delete', 'deletion'],
    ['bulk', 'change'],
    ['get', 'access'],
  ] as const)('calls %s a %s', (operation, type) => {
    expect(printed(decision(0, { operation })).event?.type).toEqual([type, 'allowed']);
  });

  it('uses names that ECS has, and its own below postern', () => {
    const checkpoint = {
      chain: 'c',
      segment: 1,
      seq: 2,
      hash: NO_LINE,
      time: 3,
      reason: 'open',
      publicKey: 'k',
      signature: 's',
    } as const;
    const segment = { chain: 'c', number: 1, torn: null, publicKey: 'k', pid: 1, startedAt: 3 };
    const bodies = [
      entryBody(decision(0, { code: 'post_check', detail: 'x' })),
      checkpointBody(checkpoint),
      segmentBody(segment, 4),
    ];
    for (const body of bodies) {
      const line = JSON.parse(sealLine(body, 1, NO_LINE).line);
      for (const field of fieldsOf(line))
        expect(field.startsWith('postern.') || ECS_FIELDS.has(field), field).toBe(true);
      const types = line.event.category[0] === 'api' ? API_TYPES : PROCESS_TYPES;
      for (const type of line.event.type) expect(types).toContain(type);
    }
  });

  it('carries the hash of its own bytes and of the line before', () => {
    const { line, hash } = sealLine(entryBody(decision(0)), 7, NO_LINE);
    const bytes = Buffer.from(line).subarray(0, -1);
    expect(linkOf(bytes)).toEqual({ seq: 7, prev: NO_LINE, hash });
    const covered = line.slice(0, line.lastIndexOf(',"hash":"'));
    expect(createHash('sha256').update(covered).digest('base64url')).toBe(hash);
  });

  it('stays below its limit, however much it has to say', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `${'x'.repeat(250)}${i}`);
    const { line } = sealLine(
      entryBody(decision(0, { indices: names, rules: names, detail: 'y'.repeat(1e6) })),
      1,
      NO_LINE,
    );
    expect(Buffer.byteLength(line)).toBeLessThan(LINE_LIMIT);
    expect(JSON.parse(line).postern.indices.at(-1)).toBe('and 4936 more');
  });

  it('is JSON that says what it was given, whatever that was', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(text, { maxLength: 4 }),
        fc.integer({ min: 0, max: 8e15 }),
        (id, role, indices, time) => {
          const entry = decision(0, { requestId: id, role, indices, time, principal: id, peer: role });
          const sealed = sealLine(entryBody(entry), 1, NO_LINE);
          expect(sealed.line.indexOf('\n')).toBe(sealed.line.length - 1);
          expect(linkOf(Buffer.from(sealed.line.slice(0, -1)))?.hash).toBe(sealed.hash);
          const line = JSON.parse(sealed.line);
          expect(line['@timestamp']).toBe(new Date(time).toISOString());
          expect([line.http.request.id, line.user.roles, line.postern.indices]).toEqual([id, [role], indices]);
          expect([line.user.hash, line.postern.peer]).toEqual([id, role]);
        },
      ),
    );
  });

  it('cannot be mistaken for a line of another kind by what is in it', () => {
    const trick = '","postern":{"checkpoint":{"chain":"x"}},"postern":{"segment":{';
    const line = sealLine(entryBody(decision(0, { requestId: trick, indices: [trick] })), 1, NO_LINE).line;
    expect(line).not.toContain(',"postern":{"checkpoint":{');
    expect(line).not.toContain(',"postern":{"segment":{');
  });
});
