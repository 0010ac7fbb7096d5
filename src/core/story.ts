import type { Access } from './access.ts';
import type { Category } from './category.ts';
import type { Evidence, ExchangeEvidence } from './evidence.ts';
import type { Patch } from './patch.ts';
import type { Confidence, Owner, Severity } from './severity.ts';
import type { StoryState, Verdict } from './verdict.ts';

/** One link of a story: what leads from one asset to the next, with its evidence. */
export interface StoryLink {
  from: string;
  to: string;
  relation: string;
  /** One clause, e.g. `published by docker-compose.yml:14 on all interfaces`. */
  text: string;
  evidence: Evidence[];
}

/** One thing to do, for one owner. `findings` are fingerprints. */
export interface Task {
  owner: Owner;
  title: string;
  detail: string;
  findings: string[];
  patches: Patch[];
}

export interface ExposedDataset {
  name: string;
  documents?: number;
  bytes?: number;
  categories: Category[];
  /** Field names that led to the categories; never values. */
  fields: { name: string; category: Category }[];
  /** How many different people it is about, where the store tells without giving values away. */
  people?: { count: number; how: 'cardinality' | 'statistics' | 'records'; field?: string | undefined };
}

/** What the outsider asked of one address and what was decided. Enough to ask the same again. */
export interface OutsiderRequest {
  host: string;
  address: string;
  port: number;
  service: string;
  /** The customer's project, where the host is a provider's for all its customers. */
  project?: string;
  verdict: Verdict;
  vantage: string;
  exchanges: ExchangeEvidence[];
}

/**
 * The chain from an app to people's data, as one thing to fix: app -> endpoint -> running store <- configuration, with
 * what a stranger gets. A story may lack links that are not known (no app, no configuration); `unknowns` says so.
 */
export interface Story {
  /** Fingerprint of the story; survives rescans. */
  id: string;
  state: StoryState;
  severity: Severity;
  confidence: Confidence;
  /** One sentence that tells it all. */
  headline: string;
  /** Asset ids. */
  apps: string[];
  store: string;
  links: StoryLink[];
  outsider: OutsiderRequest[];
  documents?: number;
  bytes?: number;
  /** People affected, at least: the largest estimate of one data set, because several may be about the same people. */
  people?: number;
  /** What others than a stranger get, where that was asked. */
  access?: Access[];
  datasets: ExposedDataset[];
  categories: Category[];
  tasks: Task[];
  unknowns: string[];
  /** Fingerprints of the findings joined here. */
  findings: string[];
}
