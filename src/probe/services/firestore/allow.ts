import { allowRequests, type Placeholder, type RequestTemplate } from '../../../net/request-templates.ts';

/** Identifiers of collections that need no encoding; others are told as not asked. */
export const COLLECTION = /[A-Za-z][\w-]{0,127}/;

/** Counting stops here: one thousand entries of an index cost the owner one read. */
export const MOST_COUNTED = 100_000;

/** What tells that a document may be read, without one field of it. */
export const MASKED = '?pageSize=1&mask.fieldPaths=__name__';
export const SAMPLED = '?pageSize=5';

const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  collection: { pattern: COLLECTION, example: 'users' },
  projectId: 'identifier',
  databaseId: 'identifier',
};

export function countQuery(collection: string): string {
  return JSON.stringify({
    structuredAggregationQuery: {
      structuredQuery: { from: [{ collectionId: collection }] },
      aggregations: [{ alias: 'n', count: { upTo: `${MOST_COUNTED}` } }],
    },
  });
}

const IN = '/v1/projects/<projectId>/databases';

/** The database is `(default)` unless the scope names one. */
function inEach(templates: (documents: string) => readonly RequestTemplate[]): RequestTemplate[] {
  return ['(default)', '<databaseId>'].flatMap((database) => templates(`${IN}/${database}/documents`));
}

export const firestoreAllow = allowRequests(
  [
    {
      path: `${IN}/<nonce>/documents/<nonce>${MASKED}`,
      why: 'the control request: a database that does not exist, which must fail',
    },
    ...inEach((documents) => [
      { path: `${documents}/<nonce>${MASKED}`, why: 'whether the rules open every collection, whatever its name' },
      { path: `${documents}/<collection>${MASKED}`, why: 'whether one document may be read; no field is asked for' },
      {
        method: 'POST',
        path: `${documents}:runAggregationQuery`,
        body: countQuery('<collection>'),
        why: `how many documents there are, counted up to ${MOST_COUNTED} by the store`,
      },
    ]),
  ],
  PLACEHOLDERS,
);

export const firestoreSampling = allowRequests(
  inEach((documents) => [
    { path: `${documents}/<collection>${SAMPLED}`, why: 'up to five documents, for the kind of their values' },
  ]),
  PLACEHOLDERS,
);
