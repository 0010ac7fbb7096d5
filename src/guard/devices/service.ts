/** What the endpoints and the requirement are made of. */
import type { ProofKey } from '../authn/dpop.ts';
import type { DeviceRow, DeviceStore } from '../contract/device.ts';
import type { Principal } from '../contract/principal.ts';
import type { RawRequest } from '../contract/request.ts';
import type { DevicesConfig } from '../policy/devices-config.ts';
import type { Attester } from './attester.ts';
import type { Challenges } from './challenge.ts';
import type { Rows } from './rows.ts';

export interface Service {
  readonly config: DevicesConfig;
  readonly store: DeviceStore;
  readonly rows: Rows;
  readonly challenges: Challenges;
  readonly attester: Attester;
  /** Keyed hash. */
  pseudonym(kind: 'principal', text: string): string;
  /** The key of a proof for this request and the person's own token. @throws Unauthenticated */
  introduce(proof: string, request: RawRequest, now: number): ProofKey | Promise<ProofKey>;
  /** @throws Refusal `attestation` when it was used before */
  useOnce(token: string, until: number, what: string): Promise<void>;
  grant(user: Principal, row: DeviceRow, now: number): Granted;
}

/** RFC 6749 section 5.1, and the id of the enrolment. */
export interface Granted {
  readonly device: string;
  readonly access_token: string;
  readonly token_type: 'DPoP';
  /** Seconds. */
  readonly expires_in: number;
}

/** What a row says of whose it is: the name that the journal has for the person, too. */
export function subjectOf(service: Service, user: Principal): string {
  return service.pseudonym('principal', user.id);
}
