/**
 * What one document tells about the whole: stores, doors in front of them, accounts, data. A format says what it knows
 * (`Format.facts`), and `system/` joins the facts of a tree to "reachable from where, with what password, holding whose
 * data". A fact claims only what its document says; what it does not say is `unknown`.
 */
import type { Engine } from './declared.ts';
import type { Source, Span } from './source.ts';

/** Where a fact stands. */
export interface Place {
  source: Source;
  span: Span;
  /** In the format's own terms. */
  pointer: string;
}

export interface StoreFact {
  /** Id of the config asset that declares it: `assetId('config', path, name)`. */
  asset: string;
  /** As its owner calls it: a service, a resource address, the file. */
  name: string;
  engine: Engine | null;
  /** Null when nothing tells it. */
  version: string | null;
  /** A container, the store's own configuration file, or a service that a provider runs. */
  by: 'container' | 'native' | 'managed';
  /** Where it waits for connections; `on: 'unknown'` where the document does not say. */
  listens: { on: 'everywhere' | 'loopback' | 'unknown' | readonly string[]; port: number | null; place: Place | null };
  /** Whether it asks who one is. `weak`: by a password that everybody knows or that stands in the file. */
  login: { state: 'off' | 'weak' | 'on' | 'unknown'; text: string; place: Place | null };
  /** Whether what it sends can be read on the way. */
  encrypted: { state: 'off' | 'on' | 'unknown'; place: Place | null };
  /** Ids of the doors it stands behind; a packet filter of the host stands before everything and is not listed. */
  behind: readonly string[];
  /** The provider gives it an address that the internet reaches; null: not said, or no such thing. */
  publicAddress: { state: boolean | 'unknown'; place: Place | null } | null;
  place: Place;
}

export type DoorState = 'open' | 'closed' | 'unknown';

/** Something that decides whether a stranger's packet or request goes on to a store. */
export interface DoorFact {
  /** Unique in the tree: format, file or module, and the name in the format's terms. */
  id: string;
  kind: 'published-port' | 'packet-filter' | 'security-group' | 'network-policy' | 'load-balancer' | 'proxy' | 'subnet';
  /** `host`: before every port of the host whose configuration this is. `behind`: before stores that name it. */
  stands: 'host' | 'behind';
  /**
   * What a stranger on the internet gets through it to a TCP port, and the line that decides.
   *
   * @param way `container`: the port is published by Docker, which redirects it past the host's input rules (and ufw);
   *   `host`: a process of the host waits there
   */
  lets(port: number, way: 'host' | 'container'): { state: DoorState; text: string; place: Place };
  /** A proxy or load balancer: where it leads to. It is a way in of its own, beside the store's own ports. */
  leadsTo?: readonly { host: string; port: number; asksForLogin: 'yes' | 'no' | 'unknown' }[];
}

export interface AccountFact {
  /** The store it logs in to: an asset id, or the engine where the document does not name one. */
  store: string | Engine;
  /** Never a secret; a name that is one is masked by the format. */
  name: string;
  may: 'everything' | 'write' | 'read' | 'unknown';
  /** Who logs in with it, as far as the document tells. */
  usedBy: 'app' | 'back-end' | 'administrator' | 'unknown';
  place: Place;
}

/** A table, collection, index or path and what its fields are called: `check` says what personal data that is. */
export interface DatasetFact {
  store: string | Engine;
  name: string;
  fields: readonly { name: string; type: string | null }[];
  /** Whether a stranger may read it by the rules of the store; null: the store decides for all its data. */
  open: DoorState | null;
  place: Place;
}

export interface Facts {
  stores?: readonly StoreFact[];
  doors?: readonly DoorFact[];
  accounts?: readonly AccountFact[];
  datasets?: readonly DatasetFact[];
}
