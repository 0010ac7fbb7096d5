/**
 * Files that lie forgotten on a web server: repositories, settings, dumps, backups, keys. What a stranger could take is
 * proven by its first bytes, which are read and dropped; nothing is downloaded.
 *
 * ```
 * GET  /                                      400 where the port wants TLS
 * HEAD /<random>                              what the server says of what does not exist
 * HEAD /.env                                  404, 403; 200 with a length and a type
 * GET  /.env, range: bytes=0-511              206 (200 where the server knows no ranges: the rest is not taken)
 * GET  /<random>.env, range: bytes=0-511      a sibling with a random name must not prove to be the same: the control request
 * ```
 *
 * A page that is answered for everything (a soft 404) has no magic number, and proves nothing.
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { parseCount, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { counted, doubtful, type Identity } from '../web-answers.ts';
import { FORGOTTEN, type ForgottenFile } from './files.ts';

const RANGE = { range: 'bytes=0-511' };
const MOST_BYTES = 512;

interface Found {
  file: ForgottenFile;
  dataset: ObservedDataset;
}

async function askFiles(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  // What a TLS port says to clear text stands in a body: HEAD would not hear it.
  const root = await session.get('/');
  if (root.status === 400) return unidentified('a web server with forgotten files');
  const nothing = await session.head(`/${context.nonce()}`);
  const found: Found[] = [];
  for (const file of FORGOTTEN) {
    const head = await session.head(file.path);
    // A server without HEAD is asked for the first bytes at once.
    if (![200, 405, 501].includes(head.status) || isSame(head, nothing)) continue;
    const answer = await session.get(file.path, { headers: RANGE, maxBytes: MOST_BYTES });
    const proof = proven(file, answer);
    context.record(`GET ${file.path} (512 bytes)`, `${answer.status}, ${proof ? file.kind : 'something else'}`);
    if (proof === undefined) continue;
    const identity: Identity = { identified: true, product: 'exposed-files' };
    const path = controlOf(file.path, context.nonce());
    const control = await session.get(path, { headers: RANGE, maxBytes: MOST_BYTES });
    context.record(`GET ${controlOf(file.path, '<random>')} (512 bytes)`, `${control.status}`);
    if (proven(file, control) !== undefined) return doubtful(identity, 'a file that does not exist');
    const bytes = sizeOf(answer) ?? parseCount(head.headers['content-length']);
    found.push({
      file,
      dataset: { name: file.path, ...(bytes === undefined ? {} : { bytes }), fields: proof.fields ?? [] },
    });
  }
  return found.length === 0 ? unidentified('a web server with forgotten files') : conclude(found);
}

function conclude(found: readonly Found[]): Observation {
  const contents = found.filter(({ file }) => !file.metadataOnly);
  const kinds = [...new Set((contents.length > 0 ? contents : found).map(({ file }) => file.kind))];
  const bytes = sumKnown(found.map(({ dataset }) => dataset.bytes));
  return {
    identified: true,
    product: 'exposed-files',
    verdict: contents.length > 0 ? 'anonymous-read' : 'metadata-only',
    ...(bytes === undefined ? {} : { bytes }),
    datasets: found.map(({ dataset }) => dataset),
    reason: `a stranger gets ${counted(found.length, 'file')} that should not be served: ${kinds.join(', ')}`,
    notTested: [
      'files of other names',
      'what the files hold: only their first 512 bytes are looked at',
      'whether a stranger may upload (PUT, WebDAV)',
    ],
  };
}

function proven(file: ForgottenFile, answer: HttpAnswer): { fields?: string[] } | undefined {
  return answer.status === 200 || answer.status === 206 ? file.proof(answer.body.subarray(0, MOST_BYTES)) : undefined;
}

/** The page that says that nothing is there, with status 200. */
function isSame(one: HttpAnswer, nothing: HttpAnswer): boolean {
  if (one.status !== 200 || nothing.status !== 200) return false;
  const length = one.headers['content-length'];
  return (
    length !== undefined &&
    length === nothing.headers['content-length'] &&
    one.headers['content-type'] === nothing.headers['content-type']
  );
}

/** `bytes 0-511/12400` */
function sizeOf({ status, headers }: HttpAnswer): number | undefined {
  return parseCount(
    status === 206 ? /\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'],
  );
}

/** A sibling: the same folder and, after a random name, the same end. */
function controlOf(path: string, name: string): string {
  const [bare = '', query] = path.split('?');
  const folder = bare.slice(0, bare.lastIndexOf('/') + 1);
  const file = bare.slice(folder.length);
  const dot = file.indexOf('.', 1);
  const end = dot > 0 ? file.slice(dot) : '';
  return `${folder}${file.startsWith('.') ? '.' : ''}${name}${end}${query === undefined ? '' : `?${query}`}`;
}

export const exposedFiles: ProbeService = {
  id: 'exposed-files',
  title: 'Exposed files',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 80, tls: 'retry' },
    { port: 443, tls: 'first' },
    { port: 8080, tls: 'retry' },
  ],
  beside: true,
  allow: allowRequests([
    { path: '/', why: 'whether the port wants TLS' },
    { method: 'HEAD', path: '/<nonce>', why: 'what the server says of what does not exist' },
    ...FORGOTTEN.map(({ path, kind }) => ({ method: 'HEAD' as const, path, why: `whether there is ${kind}` })),
    ...FORGOTTEN.map(({ path, kind }) => ({ path, headers: RANGE, why: `the first 512 bytes, which prove ${kind}` })),
    ...[...new Set(FORGOTTEN.map(({ path }) => controlOf(path, '<nonce>')))].map((path) => ({
      path,
      headers: RANGE,
      why: 'the control request, which must not prove the same',
    })),
  ]),
  remediation: {
    developer:
      'Serve a folder of its own (`public/`, `dist/`) that the build fills, never the repository’s root; keep .env, dumps and keys outside it, and out of container images (.dockerignore).',
    it: 'Deny files that begin with a dot (`location ~ /\\. { deny all; }` in nginx, `RedirectMatch 404 "/\\."` in Apache) and the ends .sql, .gz, .zip, .bak, .key, .db; remove what lies there; switch server-status off for strangers (`Require local`).',
    security:
      'Rotate every password, token and key that the files hold, the repository’s whole history included; look in the access log for who took them, and judge the duty to notify where a dump lay open.',
  },
  references: [
    'https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/02-Configuration_and_Deployment_Management_Testing/04-Review_Old_Backup_and_Unreferenced_Files_for_Sensitive_Information',
    'https://www.rfc-editor.org/rfc/rfc9110#name-range-requests',
    'https://git-scm.com/docs/gitrepository-layout',
  ],
  tested: [{ how: 'server', what: 'nginx 1.22.1 (files open, files denied, a page for everything, plain and TLS)' }],
  probe: askFiles,
};
