/** Ways in that the catalogue does not list: each was open once. */
import { describe, expect, it } from 'vitest';
import { createBench, FIXTURE_POLICY, rawOf, type Sent } from './harness/fixture.ts';
import { comparable, leaked } from './harness/oracles.ts';

/** The canary and two-worlds oracles, for policies with other fields than the catalogue's. */
async function sendBoth(policy: string, sent: Sent) {
  const [first, second] = await Promise.all(
    ([1, 2] as const).map(async (variant) => {
      const { guard, store } = createBench(variant, { policy });
      return { answer: await guard.handle(rawOf(sent)), upstream: store.seen };
    }),
  );
  if (!first || !second) throw new Error('two worlds');
  expect(leaked(first.answer)).toBeUndefined();
  expect(leaked(second.answer)).toBeUndefined();
  expect(comparable(first.answer)).toBe(comparable(second.answer));
  return first;
}

describe('an object in `fields`', () => {
  const policy = FIXTURE_POLICY.replace(
    '          name: text\n',
    '          name: text\n          notes: object\n          notes.public: keyword\n          reviews: nested\n          reviews.stars: integer\n',
  );

  it.each([
    { target: '/profiles/_search', body: {} },
    { target: '/profiles/_search', body: { _source: ['notes'] } },
    { target: '/profiles/_search', body: { _source: ['notes.*', 'reviews.*'] } },
    { target: '/profiles/_search', body: { _source: ['notes.private', 'reviews.secret'] } },
    { target: '/profiles/_search', body: { _source: { includes: ['notes'], excludes: ['notes.public'] } } },
    { target: '/profiles/_search?_source_includes=notes' },
    { target: '/profiles/_search?_source_excludes=notes.public' },
    { target: '/profiles/_doc/v1' },
    { target: '/profiles/_source/v1' },
    { target: '/profiles/_mget', body: { ids: ['v1', 'v2'] } },
  ])('shows no member that is not listed: %j', async (sent) => {
    const { answer, upstream } = await sendBoth(policy, sent);
    expect(answer.status).toBe(200);
    // Nor is one asked for: the object's own name would mean all of it.
    for (const { body } of upstream) expect(body).not.toMatch(/"(?:notes|reviews)(?:\.private|\.secret)?"/);
  });
});
