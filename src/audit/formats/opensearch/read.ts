/**
 * opensearch.yml: settings as `settings/read.ts` flattens them; `a, b` is a list. The names of the security plugin begin
 * with `plugins.security.`, in Open Distro with `opendistro_security.`, and in Search Guard, where it comes from, with
 * `searchguard.`.
 * https://docs.opensearch.org/latest/security/configuration/yaml/#opensearchyml
 */
import { basename } from 'node:path/posix';
import type { Format } from '../../model.ts';
import { readSettings, type SettingsDocument, settingViews, topKeys } from '../settings/read.ts';
import { searchFacts } from '../settings/search.ts';

export type OpensearchDocument = SettingsDocument;

/** Settings that only OpenSearch has. */
const OWN =
  /^(?:plugins\.(?:security|index_state_management|alerting|anomaly_detection|ml_commons|query|replication|performance_analyzer)(?:$|\.)|opendistro(?:_security)?\.|cluster\.initial_cluster_manager_nodes$|compatibility\.override_main_response_version$)/;
/** OpenSearch Dashboards, manifests and charts. */
const OTHER =
  /^(?:opensearch\.|opensearch_security\.|server\.|services$|apiVersion$|kind$|output(?:$|\.)|input(?:$|\.)|filebeat|sink$|source$)/;

export const opensearchFormat: Format<'opensearch.yml'> = {
  name: 'opensearch.yml',
  title: 'OpenSearch (opensearch.yml)',
  recognises(path, text) {
    if (!/\.ya?ml(?:\.\w+)?$/i.test(path)) return false;
    const named = /^opensearch(?!.*dashboards)[\w.-]*\.ya?ml(?:\.\w+)?$/i.test(basename(path));
    if (!named && !/^plugins[.:]|opendistro|initial_cluster_manager_nodes|compatibility\./m.test(text)) return false;
    const keys = [...topKeys(text)];
    if (keys.some((key) => OTHER.test(key))) return false;
    if (keys.some((key) => OWN.test(key))) return true;
    // Charts have `plugins` and `security` among their values, too.
    const plausible = keys.every((key) => /^(?:[a-z_]+\.[\w.-]+|cluster|node|path|network|http|plugins)$/.test(key));
    return plausible && (named || (/^plugins:/m.test(text) && /^ +security[.:]/m.test(text)));
  },
  read: (source) => readSettings(source, { lists: true }),
  settings: settingViews,
  facts: (file, context) => searchFacts(file, context, 'opensearch'),
};
