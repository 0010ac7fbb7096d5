/** What the probes of src/probe/services/application.ts may send, by service id. */
import { type AllowedRequest, either, http, type Judge } from './http.ts';

const CONTROL = '[a-z][0-9a-f]{15}';
const NAME = '[A-Za-z_]\\w{0,99}';

/** A GraphQL operation that is a query (the keyword may be left out) and names only what is in `fields`. */
function query(path: string, ...selections: string[]): AllowedRequest[] {
  return selections.map((selection) => ({ method: 'POST', path, body: `\\{"query":"\\{${selection}\\}"\\}` }));
}

const INTROSPECTION =
  '__schema\\{queryType\\{name\\}mutationType\\{name\\}subscriptionType\\{name\\}types\\{name kind fields\\{name\\}\\}\\}';

/** Forgotten files: looked for with HEAD, and read to their 512th byte at most. */
const FILES =
  '/\\.git/(?:HEAD|config)|/\\.svn/wc\\.db|/\\.DS_Store|(?:/api)?/\\.env(?:\\.(?:local|production|backup))?|' +
  '/(?:backup|dump|database|db)\\.sql(?:\\.gz)?|/(?:backup|www|site)\\.zip|/backup\\.tar\\.gz|/(?:db|database)\\.sqlite3?|/data\\.db|' +
  '/wp-config\\.php(?:\\.bak|~|\\.save)|/\\.htpasswd|/id_rsa|/server\\.key|/privatekey\\.pem|/\\.aws/credentials|/\\.npmrc|' +
  '/\\.docker/config\\.json|/serviceAccountKey\\.json|/docker-compose\\.yml|/server-status\\?auto';
const SIBLINGS = `(?:/(?:\\.git|\\.svn|\\.aws|\\.docker|api))?/\\.?${CONTROL}(?:\\.[a-z0-9~]{1,10}){0,2}(?:\\?auto)?|(?:/api)?/\\.${CONTROL}`;
const FIRST_BYTES = [['range', 'bytes=0-511']] as const;

/** Parse: the class, never an object of it (`limit=0`). */
const PARSE_HEADERS = [
  [['x-parse-application-id', '[^\\r\\n]+']],
  [
    ['x-parse-application-id', '[^\\r\\n]+'],
    ['x-parse-(?:rest-api|client)-key', '[^\\r\\n]+'],
  ],
] as const;

/** ADB, protocol.txt: six little-endian words; CNXN alone, whose last word is its complement or, as a control, nothing. */
function adb(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    const message = sent.subarray(at, at + 31);
    const [command, length, check] = message.length === 31 ? [0, 12, 20].map((word) => message.readUInt32LE(word)) : [];
    if (command !== 0x4e584e43 || length !== 7 || (check !== 0xb1a7b1bc && check !== 0))
      return 'a message that is not CNXN';
    if (message.subarray(24).toString('latin1') !== 'host::\0') return 'another identity';
    at += 31;
  }
  return undefined;
}

/** RequestHandler.handle of amitshekhariitbhu/Android-Debug-Database: the first line with a path, and an empty one. */
function debugDatabase(sent: Buffer): string | undefined {
  const text = sent.toString('latin1');
  return new RegExp(`^(?:GET /(?:getDbList|${CONTROL}) HTTP/1\\.0\\r\\n\\r\\n)*$`).test(text)
    ? undefined
    : text.slice(0, 300);
}

export const applicationGrammar: Readonly<Record<string, Judge>> = {
  kibana: http(
    '/',
    '/api/status',
    `/api/${CONTROL}`,
    '/api/saved_objects/_find\\?type=index-pattern&fields=title&per_page=100',
    '/internal/security/me|/api/security/v1/me',
    '/api/v1/configuration/account',
  ),
  hasura: http(
    '/',
    '/v1/version',
    '/v1alpha1/config',
    `/v1/${CONTROL}`,
    ...query(
      '/v1/graphql',
      INTROSPECTION,
      `${NAME}_aggregate\\{aggregate\\{count\\}\\}`,
      `${NAME}_aggregate\\{aggregate\\{count\\(columns:\\[${NAME}\\],distinct:true\\)\\}\\}`,
      `${NAME}\\(limit:1\\)\\{__typename\\}`,
    ),
  ),
  graphql: http('/', ...query('/graphql|/api/graphql|/query', '__typename', CONTROL, INTROSPECTION), {
    path: `(?:/graphql|/api/graphql|/query|/${CONTROL})\\?query=%7B__typename%7D`,
    headers: [['apollo-require-preflight', 'true']],
  }),
  'parse-server': http(
    '/',
    '(?:/parse)?/health',
    `(?:/parse)?/classes/${CONTROL}`,
    ...PARSE_HEADERS.map((headers) => ({ path: `(?:/parse)?/classes/${NAME}\\?limit=0&count=1`, headers })),
  ),
  'exposed-files': http(
    '/',
    { method: 'HEAD', path: `/${CONTROL}` },
    { method: 'HEAD', path: FILES },
    { path: `${FILES}|${SIBLINGS}`, headers: FIRST_BYTES },
  ),
  pocketbase: http('/', '/api/health', `/api/collections/${NAME}/records\\?perPage=1&fields=collectionName`),
  strapi: http(
    '/',
    '/_health',
    '/admin/init',
    '/api/users/count',
    '/api/[a-z][a-z0-9-]*\\?pagination%5BpageSize%5D=1&pagination%5BwithCount%5D=true&fields%5B0%5D=id',
    // Directus
    '/server/ping',
    '/server/specs/oas',
    `/items/${NAME}\\?limit=0&meta=filter_count`,
    '/users\\?limit=0&meta=filter_count',
  ),
  'spring-actuator': http('/', `/(?:actuator|management)(?:/(?:${CONTROL}|info|mappings|env/java\\.version))?`),
  'db-admin-ui': http(
    '/',
    '/(?:phpmyadmin|phpMyAdmin|pma|adminer|mongo-express)/|/adminer(?:\\.php)?|/api/databases|(?:/pgadmin4)?/browser/',
    `/(?:api/|pgadmin4/)?${CONTROL}(?:/|\\.php)?`,
    { method: 'POST', path: `/connections/(?:list|${CONTROL})`, body: '\\{\\}' },
  ),
  openapi: http(
    '/',
    '/(?:api/)?(?:openapi|swagger)\\.json|/v[23]/api-docs|/api-docs|/swagger/v1/swagger\\.json',
    `/(?:v[23]/|api/|swagger/v1/)?${CONTROL}(?:\\.json)?`,
  ),
  'android-debug': either(http('/'), debugDatabase, adb),
};
