/** Collects the credentials of one package. Values stay in memory; what leaves is mask and keyed hash. */
import { createHash } from 'node:crypto';
import type { InspectCredential } from '../../core/contract/inspect.ts';
import { redactSecret } from '../../core/redact.ts';
import type { Sensitivity } from '../data/credentials/credential-rule.ts';
import { isRandom } from '../data/credentials/validate.ts';
import { PUBLISHED_KEYS } from '../data/published-keys.ts';
import type { FoundCall, FoundString } from '../source.ts';
import type { CodeOwner, OwnCode } from './android/own-code.ts';
import type { JudgedEndpoint } from './endpoints.ts';
import { compare, createEvidence, type EvidenceList, type PlaceBudget } from './evidence.ts';
import { hardCoded } from './hard-coded.ts';
import { isStandIn, matchRules, mayHoldCredential } from './match-credentials.ts';
import { namedSecret } from './named-secrets.ts';
import type { Judgement } from './origin.ts';
import { byOrigin } from './origin-rank.ts';
import { type PlaceOf, placeOfValue } from './place.ts';
import { prefixOf } from './sdk-of-class.ts';
import { isAddress, isTemplate } from './url.ts';

/** What is known of a credential, besides where it stands. */
interface Told {
  provider: string;
  kind: string;
  value: string;
  sensitivity: Sensitivity;
  grants?: string;
  validated?: 'checksum' | 'structure';
}

interface CredentialDraft {
  told: Told;
  judgement: Judgement;
  evidence: EvidenceList;
}

const MAX_CREDENTIALS = 10_000;

/** Most calls kept: more is not a program. */
const MAX_CALLS = 50_000;

export interface Credentials {
  take(found: FoundString): void;
  /** Judged at the end, when it is known whose code the caller is. */
  call(found: FoundCall): void;
  /** @param ownCode says whose code a class is; without it every class counts as the app's that is no known library's */
  finish(
    endpoints: readonly JudgedEndpoint[],
    redactionKey: Uint8Array,
    ownCode?: OwnCode,
  ): (reveal: boolean) => InspectCredential[];
}

export function createCredentials(placeOf: PlaceOf, budget: PlaceBudget): Credentials {
  const drafts = new Map<string, CredentialDraft>();

  const calls: FoundCall[] = [];

  function add(told: Told, judgement: Judgement): EvidenceList {
    const key = `${told.provider}\0${told.kind}\0${told.value}`;
    const known = drafts.get(key);
    if (known !== undefined) {
      if (byOrigin(judgement.origin, known.judgement.origin) < 0) known.judgement = judgement;
      return known.evidence;
    }
    const evidence = createEvidence(budget);
    if (drafts.size < MAX_CREDENTIALS) drafts.set(key, { told, judgement, evidence });
    return evidence;
  }

  /** Constants that reach a cipher or a login; the same value is not told once more by the name of its field. */
  function addCalls(ownCode: OwnCode | undefined): void {
    const reached = new Set<string>();
    const order = [...calls].sort((a, b) => Number(a.api === 'field.secret') - Number(b.api === 'field.secret'));
    for (const found of order) {
      const secret = hardCoded(found);
      if (secret === undefined) continue;
      if (found.api === 'field.secret' && reached.has(secret.value)) continue;
      reached.add(secret.value);
      const { entry, class: type, method, offset } = found;
      const place = { entry, via: 'dex-code', class: type, method, ...(offset === undefined ? {} : { offset }) };
      add(secret, ownerOf(type, ownCode)).add(place);
    }
  }

  return {
    take(found) {
      if (found.text.length >= 16 && mayHoldCredential(found.text)) {
        for (const { rule: _rule, ...told } of matchRules(found.text)) {
          add(told, publishedBy(told.value) ?? placeOfValue(placeOf, found)).add(found);
        }
      }
      if (found.name === undefined) return;
      const named = namedSecret(found);
      if (named !== undefined) {
        const place = named.provider === 'unknown' ? placeOf(found) : placeOfValue(placeOf, found);
        add(named, place).add(found);
      }
    },
    call(found) {
      if (calls.length < MAX_CALLS && hardCoded(found) !== undefined) calls.push(found);
    },
    finish(endpoints, redactionKey, ownCode) {
      addCalls(ownCode);
      for (const { draft, judgement } of endpoints) {
        // what is wrapped was not seen by the rules when the string came
        const known = mayHoldCredential(draft.url) ? matchRules(draft.url) : [];
        for (const { rule: _rule, ...told } of draft.wrapped === undefined ? [] : known) {
          const evidence = add(told, judgement);
          for (const place of draft.evidence.list()) evidence.add(place);
        }
        for (const secret of namesNobody(draft, judgement) ? [] : secretsOfUrl(draft)) {
          // a key of a known form was found by its rule already, in this very string
          if (known.some(({ value }) => value.includes(secret.value))) continue;
          if (mayHoldCredential(secret.value) && matchRules(secret.value).length > 0) continue;
          // in a text about the code it is an example more often than a login
          const told: Told = judgement.origin === 'documentation' ? { ...secret, sensitivity: 'unknown' } : secret;
          const evidence = add(told, judgement);
          for (const place of draft.evidence.list()) evidence.add(place);
        }
      }
      return (reveal) =>
        [...drafts.values()]
          .map(({ told, judgement, evidence }) => ({
            provider: told.provider,
            kind: told.kind,
            origin: judgement.origin,
            ...redactSecret(told.value, redactionKey),
            sensitivity: told.sensitivity,
            ...(told.grants === undefined ? {} : { grants: told.grants }),
            ...(told.validated === undefined ? {} : { validated: told.validated }),
            ...(reveal ? { value: told.value } : {}),
            evidence: evidence.list(),
          }))
          .sort(
            (a, b) =>
              byOrigin(a.origin, b.origin) ||
              compare(a.provider, b.provider) ||
              compare(a.kind, b.kind) ||
              compare(a.hash, b.hash),
          );
    },
  };
}

function ownerOf(className: string, ownCode: OwnCode | undefined): Judgement {
  const sdk = prefixOf(className);
  const owner: CodeOwner = ownCode?.(className) ?? (sdk === undefined ? 'app' : 'library');
  if (owner !== 'library') return { origin: 'app', reason: 'called by the app’s own code' };
  const name = sdk === undefined ? 'a library' : `${sdk.prefix} (${sdk.sdk.name})`;
  return { origin: 'sdk', reason: `called by the code of ${name}` };
}

/** A key that a library publishes is the library's, wherever it stands. */
function publishedBy(value: string): Judgement | undefined {
  const body = /PRIVATE KEY-----[^A-Za-z0-9+/]{0,40}([A-Za-z0-9+/]{64})/.exec(value)?.[1];
  if (body === undefined) return undefined;
  const known = PUBLISHED_KEYS.get(createHash('sha256').update(body).digest('hex'));
  return known === undefined ? undefined : { origin: 'sdk', reason: `published by ${known.name}` };
}

const KEY_PARAMETER =
  /^(?:.{0,20}[_-])?(?:api[_-]?key|app[_-]?id|appid|key|token|secret|password|passwd|pwd|auth|signature|sig|access[_-]?key|access[_-]?token|subscription[_-]?key)$/i;

/** `https://user:secret@example.com/` opens nothing; a login at the device itself or in a network of its own may. */
function namesNobody({ parsed, bare }: JudgedEndpoint['draft'], { origin }: Judgement): boolean {
  const host = parsed?.host ?? bare?.host;
  return origin === 'placeholder' && host !== undefined && host.includes('.') && !isAddress(host);
}

/** Passwords and keys that stand in a URL. */
export function secretsOfUrl(draft: JudgedEndpoint['draft']): Told[] {
  const secrets: Told[] = [];
  const password = draft.parsed?.password ?? draft.bare?.password;
  const scheme = draft.parsed?.scheme;
  const host = draft.parsed?.host ?? draft.bare?.host ?? '';
  if (password !== undefined && password !== '' && !isTemplate(password)) {
    const web = scheme === 'http' || scheme === 'https' || scheme === 'ws' || scheme === 'wss';
    const kind = web ? 'basic-auth' : 'connection-string';
    secrets.push({
      provider: web || scheme === undefined ? host : scheme,
      kind,
      sensitivity: 'secret',
      value: password,
      grants: web ? 'signs in at the server as the user of the address' : 'opens the database or queue of the address',
    });
  }
  for (const [, name, value] of (draft.parsed?.query ?? '').matchAll(/[?&;]([^=&#;]{1,64})=([^&#;]{8,512})/g)) {
    if (name === undefined || value === undefined || !KEY_PARAMETER.test(name) || isTemplate(value) || isStandIn(value))
      continue;
    if (!/\d/.test(value) && !isRandom(value)) continue;
    secrets.push({
      provider: host,
      kind: 'url-key',
      sensitivity: 'unknown',
      value,
      grants: 'calls of the service on the account’s quota or bill',
    });
  }
  return secrets;
}
