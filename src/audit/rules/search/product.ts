/** Elasticsearch and OpenSearch: what rules that both share need to know of each. */

import { type Exposure, exposureOf } from '../../containers/exposure.ts';
import type { SettingsDocument } from '../../formats/settings/read.ts';
import {
  elasticsearchSecurity,
  listensOn,
  openAddress,
  opensearchSecurity,
  type Security,
} from '../../formats/settings/search.ts';
import type { Runtime } from '../../model.ts';
import type { Span } from '../../source.ts';
import { REFERENCES } from '../references.ts';

export type SearchFormat = 'elasticsearch.yml' | 'opensearch.yml';

export interface Product<N extends SearchFormat> {
  format: N;
  name: 'Elasticsearch' | 'OpenSearch';
  /** First word of the rules' ids. */
  id: 'elasticsearch' | 'opensearch';
  /** Lines that make an example one of this product. */
  sample: string;
  security(document: SettingsDocument, runtimes: readonly Runtime[]): Security;
  securityOn: string;
  securityOff: string;
  network: string;
  /** The server that the shared rules were tried on. */
  tried: string;
  /** The test that starts it. */
  triedIn: string;
}

export const ELASTICSEARCH: Product<'elasticsearch.yml'> = {
  format: 'elasticsearch.yml',
  name: 'Elasticsearch',
  id: 'elasticsearch',
  sample: 'cluster.name: shop\nxpack.security.http.ssl.enabled: true\n',
  security: elasticsearchSecurity,
  securityOn: 'xpack.security.enabled: true',
  securityOff: 'xpack.security.enabled: false',
  network: REFERENCES.elasticsearchNetwork,
  tried: 'elasticsearch 8.19.3',
  triedIn: 'test/servers/audit-settings-elasticsearch.test.ts',
};

export const OPENSEARCH: Product<'opensearch.yml'> = {
  format: 'opensearch.yml',
  name: 'OpenSearch',
  id: 'opensearch',
  sample: 'cluster.name: shop\nplugins.security.ssl.http.enabled: true\n',
  security: opensearchSecurity,
  securityOn: 'plugins.security.disabled: false',
  securityOff: 'plugins.security.disabled: true',
  network: 'https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/network-settings/',
  tried: 'opensearch 2.19.1',
  triedIn: 'test/servers/audit-settings-opensearch.test.ts',
};

/** Who reaches the node: its containers' ports where it runs in containers, its own bind address otherwise. */
export function exposure(document: SettingsDocument, runtimes: readonly Runtime[]): Exposure {
  if (runtimes.length === 0) {
    if (openAddress(document)) return 'public';
    return listensOn(document) === 'loopback' ? 'loopback' : 'network';
  }
  const levels = runtimes.map(({ declared }) => exposureOf(declared));
  return (['public', 'network', 'loopback'] as const).find((level) => levels.includes(level)) ?? 'none';
}

/** Where a finding about something that is not written is shown: the first setting. */
export function firstSetting({ settings }: SettingsDocument): Span {
  return settings.values().next().value?.entry ?? { start: 0, end: 0 };
}
