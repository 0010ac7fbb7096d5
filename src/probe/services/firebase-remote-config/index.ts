/**
 * Firebase Remote Config, HTTPS on `firebaseremoteconfig.googleapis.com`, which all projects share: the project of the
 * scope stands in every path. Every copy of the app gets the parameters of its template, so getting them is no finding: a
 * parameter that holds a secret is one. Identifiers: `projectId` (bound by the authority), `apiKey` and `appId` of the app.
 *
 * ```
 * POST /v1/projects/<project>/namespaces/<random>:fetch   400 or 404: no such namespace; 200: a catch-all
 * POST /v1/projects/<project>/namespaces/firebase:fetch   200 {"entries":{"welcome":"…"},"state":"UPDATE","templateVersion":"12"};
 *   {"appId":…,"appInstanceId":"postern"}                 200 {"state":"NO_TEMPLATE"}; 400 INVALID_ARGUMENT: not an app of it;
 *                                                         403 PERMISSION_DENIED, with API_KEY_…_BLOCKED where the key is
 *                                                         restricted to the app or to other APIs
 * ```
 *
 * The API has no way to ask for names alone: values are judged by their form and dropped at once.
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { secretForm } from '../../../net/public-identifier.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { identifierOf, lacksIdentifier } from '../../identifiers.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { fieldName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { isKeyRestricted, readRefusal, refusalWord } from '../google/answers.ts';

const PROTOCOL = 'the API of Firebase Remote Config';
const MOST_PARAMETERS = 2_000;
/** Words of a name whose value opens something. */
const SECRET_NAME =
  /(?:^|_)(?:secret|password|passwd|private_?key|access_?token|auth_?token|credentials?|service_?account)(?:_|$)/;

async function askRemoteConfig(context: ProbeContext): Promise<Observation> {
  const [project, appId, apiKey] = [
    identifierOf(context, 'projectId'),
    identifierOf(context, 'appId'),
    identifierOf(context, 'apiKey'),
  ];
  if (project === undefined || appId === undefined || apiKey === undefined) {
    return lacksIdentifier('projectId, appId or apiKey');
  }
  const namespaces = `/v1/projects/${project}/namespaces`;
  const body = JSON.stringify({ appId, appInstanceId: 'postern' });
  const options = { headers: { 'x-goog-api-key': apiKey } };
  const session = await context.http();
  const control = await session.post(`${namespaces}/${context.nonce()}:fetch`, body, { ...options, maxBytes: 65_536 });
  const refused = readRefusal(control);
  context.record('POST …/namespaces/<random>:fetch', refused ? refusalWord(refused) : `${control.status}`);
  if (refused === undefined) return unidentified(PROTOCOL);
  const answer = await session.post(`${namespaces}/firebase:fetch`, body, options);
  const refusal = readRefusal(answer);
  const parameters = readParameters(answer);
  context.record('POST …/namespaces/firebase:fetch', shapeOf(answer, parameters));
  const base = { identified: true, product: 'firebase-remote-config', datasets: [], notTested: [] };
  if (refusal !== undefined) {
    if (isKeyRestricted(refusal)) {
      return {
        ...base,
        verdict: 'inconclusive',
        reason: 'the API key is restricted to the app, which a stranger can claim to be',
        notTested: ['what the app itself gets'],
      };
    }
    const verdict = refusal.status === 401 || refusal.status === 403 ? 'secured' : 'inconclusive';
    return { ...base, verdict, reason: `the parameters are refused (${refusalWord(refusal)})` };
  }
  if (parameters === undefined) return unidentified(PROTOCOL);
  return judge(parameters);
}

interface Parameter {
  name: string;
  /** What makes its value a secret, in words. */
  secret: string | undefined;
}

interface Parameters {
  all: Parameter[];
  template: number | undefined;
}

function judge({ all, template }: Parameters): Observation {
  const secrets = all.filter(({ secret }) => secret !== undefined);
  const fields = [...new Set(all.map(({ name }) => fieldName(name)))];
  const base = {
    identified: true,
    product: 'firebase-remote-config',
    ...(template === undefined ? {} : { version: `${template}` }),
    documents: all.length,
    datasets: all.length === 0 ? [] : [{ name: 'parameters', documents: all.length, fields }],
    notTested: ['values that conditions keep for other users, versions or countries'],
  };
  if (secrets.length > 0) {
    const kinds = [...new Set(secrets.map(({ secret }) => secret))].slice(0, 3).join(', ');
    return {
      ...base,
      verdict: 'anonymous-read',
      reason: `${secrets.length} of the ${all.length} parameters that every stranger gets have the form of secrets (${kinds})`,
    };
  }
  return {
    ...base,
    verdict: 'secured',
    reason:
      all.length === 0
        ? 'the app has no parameters'
        : `every copy of the app gets the ${all.length} parameters, and none has the form of a secret`,
  };
}

function readParameters(answer: HttpAnswer): Parameters | undefined {
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body)) return undefined;
  const state = text(body.state);
  if (
    state === undefined ||
    !/^(?:UPDATE|NO_CHANGE|NO_TEMPLATE|EMPTY_CONFIG|INSTANCE_STATE_UNSPECIFIED)$/.test(state)
  ) {
    return undefined;
  }
  const entries = isRecord(body.entries) ? Object.entries(body.entries).slice(0, MOST_PARAMETERS) : [];
  return {
    all: entries.map(([name, value]) => ({ name, secret: secretOf(name, text(value) ?? '') })),
    template: count(at(body, 'templateVersion')),
  };
}

/** By the form of the value, or by a name that says so with a value that is no switch and no sentence. */
function secretOf(name: string, value: string): string | undefined {
  const known = secretForm(value);
  if (known !== undefined) return known;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return SECRET_NAME.test(words) && /^[\x21-\x7e]{12,4096}$/.test(value) ? 'named as one' : undefined;
}

function shapeOf(answer: HttpAnswer, parameters: Parameters | undefined): string {
  const refusal = readRefusal(answer);
  if (refusal !== undefined) return refusalWord(refusal);
  return parameters === undefined ? `${answer.status}` : `200, ${parameters.all.length} parameters`;
}

const BODY = '{"appId":"<appId>","appInstanceId":"postern"}';
const KEY = { 'x-goog-api-key': '<apiKey>' };

export const firebaseRemoteConfig: ProbeService = {
  id: 'firebase-remote-config',
  title: 'Firebase Remote Config',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first', managedOnly: true }],
  allow: allowRequests(
    [
      {
        method: 'POST',
        path: '/v1/projects/<projectId>/namespaces/<nonce>:fetch',
        headers: KEY,
        body: BODY,
        why: 'the control request: a namespace that does not exist, which must fail',
      },
      {
        method: 'POST',
        path: '/v1/projects/<projectId>/namespaces/firebase:fetch',
        headers: KEY,
        body: BODY,
        why: 'the parameters that every copy of the app gets; their values are judged by form and dropped',
      },
    ],
    { projectId: 'identifier', appId: 'identifier', apiKey: 'identifier' },
  ),
  managed: true,
  ladder: false,
  remediation: {
    developer:
      'Take secrets out of Remote Config: whoever has the app has its parameters. Keep them on your server, or in Cloud Functions with `defineSecret`, and let the app ask your API for the result.',
    it: 'Rotate each secret that stood in a parameter, also in old versions of the template (`firebase remoteconfig:versions:list`), and restrict the API key to the APIs that the app uses.',
    security:
      'Treat the secrets as known since the template was published; look in the logs of what they open for use by others.',
  },
  references: [
    'https://firebase.google.com/docs/remote-config#policies_and_limits',
    'https://github.com/firebase/firebase-js-sdk/blob/main/packages/remote-config/src/client/rest_client.ts',
    'https://docs.cloud.google.com/docs/authentication/api-keys',
  ],
  tested: [
    {
      how: 'recorded',
      what: 'the request as in github.com/Icex0/OpenFirebase/issues/2; the refusal as quoted in github.com/firebase/quickstart-android/issues/928',
    },
    { how: 'documentation', what: 'templates as read by firebase-js-sdk' },
  ],
  probe: askRemoteConfig,
};
