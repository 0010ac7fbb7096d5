import type { UserRule } from '../audit/index.ts';
import type { IgnoreEntry, LoadedConfig, Target } from '../config/index.ts';
import type { CheckReport } from '../core/contract/check.ts';
import type { Scope, Sent } from '../net/index.ts';
import type { AddressReach } from '../probe/index.ts';
import type { ProbeResult } from '../probe/service.ts';
import type { Verbs } from './verbs.ts';

export interface CheckProgress {
  part: 'inspect' | 'audit' | 'probe';
  label: string;
  done: number;
  /** 0: not known. */
  total: number;
}

export interface CheckInput {
  /** What shown paths are relative to: the folder of postern.yaml, or the working directory. Absolute. */
  root: string;
  /** Package files, absolute. */
  packages: readonly string[];
  /** Folders and files to audit, absolute. */
  configuration: readonly string[];
  scope: Scope;
  /** Targets of postern.yaml: which file configures a host, which controls name a service. */
  targets?: readonly Target[];
  /** Name of the place that probes are sent from. */
  vantage: string;
  redactionKey: Uint8Array;
  emptyPassword?: boolean;
  ignore?: readonly IgnoreEntry[];
  /** What other places saw of the same scope, each result with its vantage. */
  outside?: { results: readonly ProbeResult[]; reach: readonly (AddressReach & { vantage: string })[] };
  /** Told of everything that is sent, before it is sent. */
  onSend?: (sent: Sent) => void;
  /** What the host says about its own filters. */
  firewall?: LoadedConfig['firewall'];
  /** Categories of personal data that the project declares itself. */
  ownCategories?: LoadedConfig['classify']['categories'];
  /** What configuration is judged by beside the built-in rules. */
  judgedBy?: { rules: readonly UserRule[]; experimental: boolean };
  /** An earlier report: what it holds is not new. */
  baseline?: CheckReport;
  onProgress?: (event: CheckProgress) => void;
  /** Stops the run; what is known by then is reported. */
  signal?: AbortSignal;
  now?: () => Date;
  /** For tests. */
  verbs?: Verbs;
}
