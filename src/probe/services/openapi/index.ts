/**
 * OpenAPI and Swagger documents on paths of any web server: what the API is, told to strangers. None of its operations is
 * called.
 *
 * ```
 * GET /openapi.json, /swagger.json, /v3/api-docs, …   {"openapi":"3.1.0","info":{…},"paths":{…}}
 * GET <folder>/<random>.json                          must be no such document: the control request
 * ```
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { parseJson } from '../../json.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, okJson } from '../web-answers.ts';
import { readDocument } from './document.ts';

const PATHS = [
  '/openapi.json',
  '/swagger.json',
  '/v3/api-docs',
  '/v2/api-docs',
  '/swagger/v1/swagger.json',
  '/api/openapi.json',
  '/api-docs',
  '/api/swagger.json',
] as const;

async function askOpenapi(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  for (const path of PATHS) {
    const answer = await session.get(path);
    const document = readDocument(okJson(answer));
    const long =
      answer.status === 200 &&
      answer.truncated &&
      /^\s*\{\s*"(?:openapi|swagger)"\s*:\s*"[23]\./.test(answer.body.subarray(0, 200).toString('latin1'));
    if (document === undefined && !long) continue;
    const version = parseVersion(document?.version);
    const identity: Identity = { identified: true, product: 'openapi', ...(version === undefined ? {} : { version }) };
    const control = await session.get(controlOf(path, context.nonce()));
    context.record(`GET ${controlOf(path, '<random>')}`, `${control.status}`);
    if (control.status === 200 && (control.truncated || readDocument(parseJson(control.body)) !== undefined)) {
      return doubtful(identity, 'a document that does not exist');
    }
    if (document === undefined) {
      return concluded(
        identity,
        'metadata-only',
        `a stranger reads the API's description at ${path}, longer than the limit`,
      );
    }
    context.record(
      `GET ${path}`,
      `200, ${counted(document.paths, 'path')}, ${counted(document.operations, 'operation')}`,
    );
    const open = document.openReads + document.openWrites;
    const reason = `a stranger reads the API's description at ${path}: ${counted(document.operations, 'operation')} on ${counted(document.paths, 'path')}, of which ${open} ask for no login (${document.openReads} read, ${document.openWrites} change)`;
    const notTested = ['whether the operations keep to their description: none is called'];
    return { ...identity, verdict: 'metadata-only', datasets: document.schemas, reason, notTested };
  }
  return unidentified('OpenAPI');
}

/** A sibling with the same folder and extension. */
function controlOf(path: string, name: string): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return `${folder}${name}${path.endsWith('.json') ? '.json' : ''}`;
}

export const openapi: ProbeService = {
  id: 'openapi',
  aliases: ['swagger'],
  title: 'OpenAPI document',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8080, tls: 'retry' },
    { port: 80, tls: 'retry' },
    { port: 443, tls: 'first' },
  ],
  beside: true,
  allow: allowRequests([
    ...PATHS.map((path) => ({ path, why: 'the API’s description' })),
    ...[...new Set(PATHS.map((path) => controlOf(path, '<nonce>')))].map((path) => ({
      path,
      why: 'the control request, which must be no description',
    })),
  ]),
  remediation: {
    developer:
      'Set `security` at the top of the document and in the router, so that an operation is open only where it says so; generate documents in development only (`springdoc.api-docs.enabled=false`, `app.UseSwagger()` inside `IsDevelopment()`, `openapi_url=None` in FastAPI).',
    it: 'Let /openapi.json, /swagger*, /v3/api-docs and the pages that show them in from the office or VPN only.',
    security: 'The description alone is no leak: have the operations that ask for no login tried with two accounts.',
  },
  references: [
    'https://spec.openapis.org/oas/v3.1.0#security-requirement-object',
    'https://swagger.io/specification/v2/',
  ],
  tested: [
    { how: 'server', what: 'swagger-ui-express 5.0.1 and openapi-backend 5.21.2 on Express 5.2.1 (plain and TLS)' },
  ],
  probe: askOpenapi,
};
