/**
 * elasticsearch.yml: settings as `settings/read.ts` flattens them; `a, b` is a list.
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/settings.html
 */
import { basename } from 'node:path/posix';
import type { Format } from '../../model.ts';
import { readSettings, type SettingsDocument, settingViews, topKeys } from '../settings/read.ts';
import { searchFacts } from '../settings/search.ts';

export type { SettingsDocument };

const STRONG = /^(?:xpack|cluster\.initial_master_nodes|discovery\.(?:type|seed_hosts|zen\..*))$/;
const XPACK = /^xpack\.(?:security|ml|monitoring)\b/;
const WEAK = new Set([
  'cluster.name',
  'node.name',
  'network.host',
  'http.port',
  'path.data',
  'path.logs',
  'path.repo',
  'bootstrap.memory_lock',
  'discovery.type',
  'transport.host',
  'http.host',
  'node.roles',
  'http.cors.enabled',
]);
/** Keys of other Elastic programs and of OpenSearch, which share some. */
const OTHER =
  /^(?:server\.|elasticsearch(?:$|\.)|opensearch|plugins\.security|pipeline\.|config\.(?:reload|string|support_escapes)|path\.config$|queue\.type$|xpack\.(?:management|geoip)|filebeat|metricbeat|output(?:$|\.)|input|logging\.|services$|apiVersion$|kind$|clusterName$|esConfig$|volumeClaimTemplate$)/;

export const elasticsearchFormat: Format<'elasticsearch.yml'> = {
  name: 'elasticsearch.yml',
  title: 'Elasticsearch (elasticsearch.yml)',
  recognises(path, text) {
    if (!/\.ya?ml(?:\.\w+)?$/i.test(path)) return false;
    const keys = [...topKeys(text)];
    if (keys.some((key) => OTHER.test(key))) return false;
    const weak = keys.filter((key) => WEAK.has(key)).length;
    const strong = keys.some((key) => STRONG.test(key) || XPACK.test(key));
    if (/^elasticsearch[\w.-]*\.ya?ml(?:\.\w+)?$/i.test(basename(path))) {
      // A name alone may be a manifest or a chart's values: then other keys stand there.
      const foreign = keys.filter((key) => !/^(?:[a-z_]+\.[\w.-]+|cluster|node|path|network|http|xpack)$/.test(key));
      return strong || weak > 0 || foreign.length === 0;
    }
    return weak >= 2 || (weak >= 1 && strong) || keys.includes('xpack.security.enabled');
  },
  read: (source) => readSettings(source, { lists: true }),
  settings: settingViews,
  facts: (file, context) => searchFacts(file, context, 'elasticsearch'),
};
