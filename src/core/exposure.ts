/** What configuration alone tells about one store: who gets to it, and whether it asks who one is. */
import type { Evidence } from './evidence.ts';
import type { Severity } from './severity.ts';

export const REACHES = ['reachable', 'unknown', 'not-reachable'] as const;
/** Whether a stranger on the internet gets to it, as far as configuration tells. */
export type Reach = (typeof REACHES)[number];

export const LOGINS = ['off', 'weak', 'unknown', 'on'] as const;
/** `weak`: a password that everybody knows, or that stands in a file that many read. */
export type LoginState = (typeof LOGINS)[number];

export const LINK_STATES = ['open', 'closed', 'unknown'] as const;

/** One step on the way from the internet to the data. */
export interface ExposureLink {
  /** One clause: `published on all interfaces`, `let through by ufw`. */
  text: string;
  state: (typeof LINK_STATES)[number];
  evidence: Evidence[];
}

export interface Exposure {
  /** Fingerprint; survives rescans. */
  id: string;
  /** Asset id of the configuration that declares the store. */
  store: string;
  /** The file that declares it. */
  file: string;
  line: number;
  /** As its owner calls it. */
  name: string;
  /** Service id, where it is known what runs there. */
  service: string | null;
  version: string | null;
  reach: Reach;
  login: LoginState;
  severity: Severity;
  /** One sentence that tells it all. */
  headline: string;
  /** From outside to inside. */
  links: ExposureLink[];
  /** Tables, collections and paths that files say it holds, with names of fields. */
  datasets: { name: string; fields: string[] }[];
  /** Fingerprints of findings about the store and what leads to it. */
  findings: string[];
  /** What the files do not tell. */
  unknowns: string[];
}
