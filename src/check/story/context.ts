import type { Exposure } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import type { ExposedDataset } from '../../core/story.ts';
import type { ProbeService } from '../../probe/service.ts';
import type { AppLink } from '../correlate/apps.ts';
import type { ConfigFiles } from '../correlate/config-files.ts';
import type { DeploymentMatch } from '../correlate/declared.ts';
import type { RunningStore } from '../gather/running.ts';

/** Everything that was joined about one running store. */
export interface StoreContext {
  store: RunningStore;
  links: AppLink[];
  match: DeploymentMatch;
  config: ConfigFiles;
  /** What configuration alone tells about it. */
  exposure: Exposure | undefined;
  /** Asset ids of configuration files by path. */
  configAssets: ReadonlyMap<string, string>;
  /** Findings about the store, its configuration and the apps' way to it. */
  findings: Finding[];
  datasets: ExposedDataset[];
  /** What the catalogue says about this kind of store. */
  service: ProbeService | undefined;
  vantage: string;
  /** Something was given to inspect, to audit. */
  inspected: boolean;
  audited: boolean;
}
