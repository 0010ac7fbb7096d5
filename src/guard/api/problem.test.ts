import { describe, expect, it } from 'vitest';
import { REFUSALS, Refusal, type RefusalCode } from '../contract/refusal.ts';
import { badParameter, problemAnswer } from './problem.ts';
import { harness } from './testing/harness.ts';

describe('a refusal', () => {
  it.each(Object.keys(REFUSALS) as RefusalCode[])('is a problem detail: %s', (code) => {
    const answer = problemAnswer(new Refusal(code, 'CANARY-DETAIL'));
    const [status, title] = REFUSALS[code];
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(String(answer.body))).toEqual({ type: `urn:postern:problem:${code}`, title, status });
  });

  it('says when to come back, and carries the headers that it is given', () => {
    const { headers } = problemAnswer(new Refusal('limited', '', { retryAfter: 1.2 }), { 'www-authenticate': 'DPoP' });
    expect(headers).toMatchObject({ 'retry-after': '2', 'www-authenticate': 'DPoP' });
  });

  it('points into the body, and names parameters without a pointer', () => {
    const problems = [{ pointer: '/a/0', detail: 'must be a text' }];
    expect(JSON.parse(String(problemAnswer(new Refusal('invalid', '', { problems })).body)).errors).toEqual(problems);
    expect(JSON.parse(String(problemAnswer(badParameter('size: a number')).body)).errors).toEqual([
      { detail: 'size: a number' },
    ]);
  });

  it('repeats nothing that was sent', async () => {
    const { ask } = harness();
    const CANARY = 'CANARY5550142';
    const headers = { 'if-match': '*' };
    for (const [target, asked] of [
      [`/v1/orders?number=${CANARY}`, {}],
      [`/v1/orders?${CANARY}=1`, {}],
      [`/v1/orders?sort=${CANARY}`, {}],
      [`/v1/orders?cursor=${CANARY}`, {}],
      [`/v1/orders/${CANARY}`, {}],
      [`/v1/${CANARY}`, {}],
      [
        '/v1/orders',
        { method: 'POST', body: { status: CANARY, total: CANARY, phone: CANARY, tags: [CANARY.repeat(9)] } },
      ],
      ['/v1/orders', { method: 'POST', body: `{"status": ${CANARY}` }],
      ['/v1/orders', { method: 'POST', body: { status: 'open' }, headers: { 'idempotency-key': `"${CANARY}` } }],
      [`/v1/orders/${CANARY}`, { method: 'PATCH', body: { status: CANARY }, headers }],
      [`/v1/orders/${CANARY}`, { method: 'PATCH', body: {}, headers: { 'if-match': CANARY } }],
    ] as const) {
      const answer = await ask(target, asked);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer)).not.toContain(CANARY);
    }
  });
});
