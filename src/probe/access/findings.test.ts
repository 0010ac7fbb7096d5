import { describe, expect, it } from 'vitest';
import type { AccessAnswer, AccessAs } from '../../core/access.ts';
import { accessFindings } from './findings.ts';
import type { EndpointAccess } from './model.ts';
import { accessRules } from './rules.ts';

const place = {
  host: 'Api.example.com',
  port: 443,
  address: '203.0.113.7',
  isPersonal: () => false,
  now: () => new Date(0),
};

function endpoint(reads: Partial<Record<AccessAs, AccessAnswer>>, more: Partial<EndpointAccess> = {}): EndpointAccess {
  return {
    what: 'GET /orders/{id}',
    access: Object.entries(reads).map(([as, read]) => ({
      as: as as AccessAs,
      what: 'GET /orders/{id}',
      read,
      write: 'untested',
      reason: 'a reason',
    })),
    fields: ['email'],
    confidence: 'confirmed',
    objects: 'owned',
    oldAppMatters: reads['old-app'] === 'yes',
    exchanges: [],
    ...more,
  };
}

const raised = (one: EndpointAccess, isPersonal = false) =>
  accessFindings(one, { ...place, isPersonal: () => isPersonal }).map(({ rule }) => rule);

describe('findings of who reads what', () => {
  it('each rule is raised by its bad examples and by none of its good ones', () => {
    for (const { id, examples } of accessRules) {
      const of = (example: string) => raised(endpoint(Object.fromEntries([example.split(' ')])));
      for (const bad of examples.bad) expect(of(bad), bad).toEqual([id]);
      for (const good of examples.good) expect(of(good), good).toEqual([]);
    }
  });

  it('what a stranger reads is no second finding of another user', () => {
    expect(raised(endpoint({ stranger: 'yes', 'other-user': 'yes' }))).toEqual(['probe/stranger-reads-api']);
  });

  it('what is declared public is none; what both list is one when it tells of people', () => {
    expect(raised(endpoint({ stranger: 'yes' }, { objects: 'shared' }))).toEqual([]);
    expect(raised(endpoint({ stranger: 'yes' }, { objects: 'shared', confidence: 'tentative' }), true)).toEqual([
      'probe/stranger-reads-api',
    ]);
  });

  it('what is declared public is none even then', () => {
    expect(raised(endpoint({ stranger: 'yes' }, { objects: 'public' }), true)).toEqual([]);
  });

  it('weigh more where people are told of, and keep their fingerprint', () => {
    const [plain] = accessFindings(endpoint({ 'other-user': 'yes' }), place);
    const [personal] = accessFindings(endpoint({ 'other-user': 'yes' }, { fields: [] }), {
      ...place,
      isPersonal: () => true,
    });
    expect([plain?.severity, personal?.severity]).toEqual(['high', 'critical']);
    expect(personal?.fingerprint).toBe(plain?.fingerprint);
    expect(plain).toMatchObject({
      asset: 'endpoint:api.example.com:443',
      owner: 'developer',
      message: 'GET /orders/{id} at Api.example.com:443: a reason.',
    });
  });
});
