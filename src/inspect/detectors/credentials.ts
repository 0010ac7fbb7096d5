/** Collects the credentials of one package. Values stay in memory; what leaves is mask and keyed hash. */
import { createHash } from 'node:crypto';
import type { InspectCredential } from '../../core/contract/inspect.ts';
import { redactSecret } from '../../core/redact.ts';
import { PUBLISHED_KEYS } from '../data/published-keys.ts';
import type { FoundString } from '../source.ts';
import { type CredentialRule, isRandom, type Sensitivity } from './credential-rules.ts';
import type { JudgedEndpoint } from './endpoints.ts';
import { compare, createEvidence, type EvidenceList, type PlaceBudget } from './evidence.ts';
import { isStandIn, matchRules, mayHoldCredential } from './match-credentials.ts';
import type { Judgement } from './origin.ts';
import { byOrigin } from './origin-rank.ts';
import type { PlaceOf } from './place.ts';
import { isTemplate } from './url.ts';

interface CredentialDraft {
  provider: string;
  kind: string;
  sensitivity: Sensitivity;
  value: string;
  judgement: Judgement;
  evidence: EvidenceList;
}

const MAX_CREDENTIALS = 10_000;

export interface Credentials {
  take(found: FoundString): void;
  finish(endpoints: readonly JudgedEndpoint[], redactionKey: Uint8Array): (reveal: boolean) => InspectCredential[];
}

export function createCredentials(placeOf: PlaceOf, budget: PlaceBudget): Credentials {
  const drafts = new Map<string, CredentialDraft>();

  function add(
    rule: Pick<CredentialRule, 'provider' | 'kind'>,
    sensitivity: Sensitivity,
    value: string,
    judgement: Judgement,
  ): EvidenceList {
    const key = `${rule.provider}\0${rule.kind}\0${value}`;
    const known = drafts.get(key);
    if (known !== undefined) {
      if (byOrigin(judgement.origin, known.judgement.origin) < 0) known.judgement = judgement;
      return known.evidence;
    }
    const evidence = createEvidence(budget);
    if (drafts.size < MAX_CREDENTIALS) {
      drafts.set(key, { provider: rule.provider, kind: rule.kind, sensitivity, value, judgement, evidence });
    }
    return evidence;
  }

  return {
    take(found) {
      if (found.text.length < 16) return;
      if (mayHoldCredential(found.text)) {
        for (const { rule, value, sensitivity } of matchRules(found.text)) {
          add(rule, sensitivity, value, publishedBy(value) ?? placeOf(found)).add(found);
        }
      }
      const named = namedSecret(found);
      if (named !== undefined) add(named, named.sensitivity, found.text, placeOf(found)).add(found);
    },
    finish(endpoints, redactionKey) {
      for (const { draft, judgement } of endpoints) {
        // what is wrapped was not seen by the rules when the string came
        for (const { rule, value, sensitivity } of draft.wrapped === undefined ? [] : matchRules(draft.url)) {
          const evidence = add(rule, sensitivity, value, judgement);
          for (const place of draft.evidence.list()) evidence.add(place);
        }
        for (const secret of secretsOfUrl(draft)) {
          // a key of a known form was found by its rule already, in this very string
          if (mayHoldCredential(secret.value) && matchRules(secret.value).length > 0) continue;
          const evidence = add(secret, secret.sensitivity, secret.value, judgement);
          for (const place of draft.evidence.list()) evidence.add(place);
        }
      }
      return (reveal) =>
        [...drafts.values()]
          .map((draft) => ({
            provider: draft.provider,
            kind: draft.kind,
            origin: draft.judgement.origin,
            ...redactSecret(draft.value, redactionKey),
            sensitivity: draft.sensitivity,
            ...(reveal ? { value: draft.value } : {}),
            evidence: draft.evidence.list(),
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

/** A key that a library publishes is the library's, wherever it stands. */
function publishedBy(value: string): Judgement | undefined {
  const body = /PRIVATE KEY-----[^A-Za-z0-9+/]{0,40}([A-Za-z0-9+/]{64})/.exec(value)?.[1];
  if (body === undefined) return undefined;
  const known = PUBLISHED_KEYS.get(createHash('sha256').update(body).digest('hex'));
  return known === undefined ? undefined : { origin: 'sdk', reason: `published by ${known.name}` };
}

const SECRET_NAME =
  /(?:secret|private[_-]?key|passw(?:or)?d|access[_-]?key|auth[_-]?token|api[_-]?token|client[_-]?key|master[_-]?key|rest[_-]?key|encryption[_-]?key)/i;
/** Names that look secret and are public by design, or are texts of the interface. */
const PUBLIC_NAME =
  /(?:client[_-]?id|app[_-]?id|site[_-]?key|public|publishable|client_token|hint|label|title|error|message|prompt|toggle|abc_|description|url|path|regex|pattern)/i;

interface NamedSecret {
  provider: string;
  kind: string;
  sensitivity: Sensitivity;
}

/** A resource or key that is named like a secret and holds something random. */
function namedSecret(found: FoundString): NamedSecret | undefined {
  const { name, text } = found;
  if (
    name === undefined ||
    name === 'comment' ||
    text.length > 200 ||
    !SECRET_NAME.test(name) ||
    PUBLIC_NAME.test(name)
  )
    return undefined;
  if (!/^[\w+/=.~:-]{16,200}$/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text) || text.includes('://'))
    return undefined;
  if (!isRandom(text) || isStandIn(text) || mayHoldCredential(text)) return undefined;
  const aws = /aws/i.test(name) && /^[A-Za-z0-9/+]{40}$/.test(text);
  return aws
    ? { provider: 'aws', kind: 'secret-access-key', sensitivity: 'secret' }
    : { provider: 'unknown', kind: 'named-secret', sensitivity: 'unknown' };
}

const KEY_PARAMETER =
  /^(?:.{0,20}[_-])?(?:api[_-]?key|app[_-]?id|appid|key|token|secret|password|passwd|pwd|auth|signature|sig|access[_-]?key|access[_-]?token|subscription[_-]?key)$/i;

interface UrlSecret extends NamedSecret {
  value: string;
}

/** Passwords and keys that stand in a URL. */
export function secretsOfUrl(draft: JudgedEndpoint['draft']): UrlSecret[] {
  const secrets: UrlSecret[] = [];
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
    });
  }
  for (const [, name, value] of (draft.parsed?.query ?? '').matchAll(/[?&;]([^=&#;]{1,64})=([^&#;]{8,512})/g)) {
    if (name === undefined || value === undefined || !KEY_PARAMETER.test(name) || isTemplate(value) || isStandIn(value))
      continue;
    if (!/\d/.test(value) && !isRandom(value)) continue;
    secrets.push({ provider: host, kind: 'url-key', sensitivity: 'unknown', value });
  }
  return secrets;
}
