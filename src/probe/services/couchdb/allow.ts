import { allowHttp } from '../../../net/allow-list.ts';

/** CouchDB's own rule for names, percent-encoded; `_users` and other system databases are not asked for. */
const DATABASE = '[a-z](?:[a-z0-9_$()+-]|%2[48BbFf]|%2[89]){0,254}';

export const couchdbAllow = allowHttp(
  [
    'GET / – product and version',
    'GET /_all_dbs – names of databases',
    'GET /_session – what the anonymous user is',
    'GET /<random> – the control request, which must fail',
    'GET /<database> – number of documents and size',
    'GET /<database>/_security – whether the database has members at all',
  ],
  [
    /\//,
    /\/_all_dbs/,
    /\/_session/,
    /\/[a-z][0-9a-f]{15}/,
    new RegExp(`\\/${DATABASE}`),
    new RegExp(`\\/${DATABASE}\\/_security`),
  ],
);

export const couchdbControlAllow = allowHttp(
  ['GET /_session with the owner’s credentials – that the authorized way works'],
  [/\/_session/],
);
