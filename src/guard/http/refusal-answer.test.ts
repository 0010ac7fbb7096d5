import { describe, expect, it } from 'vitest';
import { REFUSALS, Refusal, type RefusalCode } from '../contract/refusal.ts';
import { refusalAnswer } from './refusal-answer.ts';

describe('the answer to a refusal', () => {
  it.each(Object.keys(REFUSALS) as RefusalCode[])('has the shape of an Elasticsearch error: %s', (code) => {
    const answer = refusalAnswer(new Refusal(code, 'query.term: unknown'));
    const [status, reason] = REFUSALS[code];
    const body = JSON.parse(String(answer.body));
    expect(answer.status).toBe(status);
    expect(body).toEqual({
      error: { root_cause: [{ type: expect.any(String), reason }], type: expect.any(String), reason },
      status,
    });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  });

  it('never holds the detail, which is for the operator', () => {
    expect(JSON.stringify(refusalAnswer(new Refusal('forbidden', 'CANARY-DETAIL')))).not.toContain('CANARY');
  });

  it('carries headers of its own beside the common ones, and leaves those as they were', () => {
    const challenged = refusalAnswer(new Refusal('unauthenticated'), { 'www-authenticate': 'Bearer' });
    expect(challenged.headers['www-authenticate']).toBe('Bearer');
    expect(refusalAnswer(new Refusal('unauthenticated')).headers['www-authenticate']).toBeUndefined();
  });

  it('says when to come back, in whole seconds', () => {
    expect(refusalAnswer(new Refusal('limited', '', { retryAfter: 1.2 })).headers['retry-after']).toBe('2');
    expect(refusalAnswer(new Refusal('limited', '', { retryAfter: 0 })).headers['retry-after']).toBe('1');
  });

  it('names the methods with 405', () => {
    expect(refusalAnswer(new Refusal('method')).headers.allow).toBe('GET, HEAD, POST, PUT, DELETE');
  });
});
