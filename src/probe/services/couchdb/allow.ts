import { allowHttp } from '../../../net/allow-list.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';

/** CouchDB's own rule for names, percent-encoded; `_users` and other system databases are not asked for. */
const DATABASE: Placeholder = {
  pattern: /[a-z](?:[a-z0-9_$()+-]|%2[48BbFf]|%2[89]){0,254}/,
  example: 'orders',
};

export const couchdbAllow = allowRequests(
  [
    { path: '/', why: 'product and version' },
    { path: '/_all_dbs', why: 'names of databases' },
    { path: '/_session', why: 'what the anonymous user is' },
    { path: '/<nonce>', why: 'the control request, which must fail' },
    { path: '/<database>', why: 'number of documents and size' },
    { path: '/<database>/_security', why: 'whether the database has members at all' },
  ],
  { database: DATABASE },
);

/** With `--sample`. */
export const couchdbSampling = allowRequests(
  [
    {
      path: '/<database>/_all_docs?include_docs=true&limit=<most>',
      why: 'up to five documents, classified in memory and dropped',
    },
  ],
  { database: DATABASE, most: { pattern: /[1-5]/, example: '5' } },
);

export const couchdbControlAllow = allowHttp(
  ['GET /_session with the owner’s credentials – that the authorized way works'],
  [/\/_session/],
);
