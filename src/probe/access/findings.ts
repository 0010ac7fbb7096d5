/** From who reads what to findings: one per endpoint and rule. */
import type { AccessAs } from '../../core/access.ts';
import { assetId } from '../../core/asset.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import type { Rule } from '../../core/rule.ts';
import type { EndpointAccess } from './model.ts';
import { oldAppReads, otherUserReads, strangerReadsApi } from './rules.ts';

export interface AccessPlace {
  host: string;
  port: number;
  address: string;
  /** Whether field names tell of people. */
  isPersonal: (fields: readonly string[]) => boolean;
  now: () => Date;
}

/** The API's asset, as `inspect` names the server that an app talks to. */
export function apiAssetId({ host, port }: { host: string; port: number }): string {
  return assetId('endpoint', `${host.toLowerCase()}:${port}`);
}

/**
 * What a stranger gets makes what another user gets no news; and what everybody gets makes what an old app gets none.
 */
export function accessFindings(endpoint: EndpointAccess, place: AccessPlace): Finding[] {
  const personal = place.isPersonal(endpoint.fields);
  const reads = (as: AccessAs) => endpoint.access.filter((one) => one.as === as && one.read === 'yes');
  const [stranger] = reads('stranger');
  const [other] = reads('other-user');
  const old = endpoint.oldAppMatters ? reads('old-app')[0] : undefined;
  const found: Finding[] = [];
  if (stranger !== undefined && (endpoint.objects === 'owned' || (personal && endpoint.objects === 'shared'))) {
    found.push(findingOf(strangerReadsApi, endpoint, stranger.reason, personal, place));
  }
  if (other !== undefined && stranger === undefined) {
    found.push(findingOf(otherUserReads, endpoint, other.reason, personal, place));
  }
  if (old !== undefined) found.push(findingOf(oldAppReads, endpoint, old.reason, personal, place));
  return found;
}

function findingOf(
  rule: Rule,
  endpoint: EndpointAccess,
  reason: string,
  personal: boolean,
  place: AccessPlace,
): Finding {
  const asset = apiAssetId(place);
  const counted: Evidence = {
    kind: 'count',
    what: 'fields that somebody else was given',
    count: endpoint.fields.length,
  };
  const [first, ...rest] = endpoint.exchanges;
  return {
    fingerprint: fingerprint(rule.id, asset, endpoint.what),
    rule: rule.id,
    asset,
    severity: personal ? 'critical' : 'high',
    confidence: endpoint.confidence,
    owner: rule.owner,
    message: `${endpoint.what} at ${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}: ${reason}.`,
    evidence: first === undefined ? [counted] : [first, ...rest, counted],
  };
}
