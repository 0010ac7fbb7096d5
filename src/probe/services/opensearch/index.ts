/**
 * OpenSearch 1.x to 3.x and Amazon OpenSearch Service, HTTP port 9200. The dialogue is Elasticsearch's
 * (`../elasticsearch/`) but for how it is told apart and how writing is told:
 *
 * ```
 * GET /                                200 {"version":{"distribution":"opensearch",…},"tagline":"The OpenSearch Project: …"}
 *                                      401 "Unauthorized" with realm="OpenSearch Security"; on Amazon 403
 *                                      {"Message":"User: anonymous is not authorized to perform: es:…"}
 * GET /_plugins/_security/authinfo     400 "no handler found": the Security plug-in is absent or disabled, writing is
 *                                      open; 200 with the roles of the anonymous user
 * ```
 *
 * | configuration | answer |
 * |---|---|
 * | minimal distribution, `plugins.security.disabled: true` | open, no handler |
 * | Security plug-in with demo or own configuration | 401 |
 * | `http.anonymous_auth_enabled: true` | as the roles of `opendistro_security_anonymous` allow |
 * | `compatibility.override_main_response_version` | claims 7.10.2; the tagline stays |
 */
import type { ProbeService } from '../../service.ts';
import { opensearchAllow, opensearchControlAllow, searchSampling } from '../elasticsearch/allow.ts';
import { basicControl } from '../elasticsearch/control.ts';
import { askSearchEngine } from '../elasticsearch/dialogue.ts';
import { recogniseEngine } from '../elasticsearch/product.ts';
import { opensearchWrites } from '../elasticsearch/write-access.ts';

export const opensearch: ProbeService = {
  id: 'opensearch',
  title: 'OpenSearch',
  version: 2,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 9200, tls: 'retry' }],
  allow: opensearchAllow,
  sampling: searchSampling,
  recognise: (root) => recogniseEngine(root, 'opensearch'),
  remediation: {
    developer:
      'Let the app talk to your own API, never to OpenSearch. Remove the address and any credential of the cluster from the app.',
    it: 'Remove `plugins.security.disabled: true` (or `DISABLE_SECURITY_PLUGIN`), set `http.anonymous_auth_enabled: false` in the Security plug-in’s config.yml, bind `network.host` to a private address, and open 9200, 9300 and 9600 for the application servers only. On Amazon: use a VPC domain or fine-grained access control, and no policy with `Principal: *`.',
    security:
      'Treat what the indices hold as read by strangers: look at the audit and access logs, rotate credentials stored in documents and judge the duty to notify.',
  },
  references: [
    'https://docs.opensearch.org/docs/latest/security/configuration/index/',
    'https://docs.opensearch.org/docs/latest/api-reference/cat/cat-indices/',
  ],
  tested: [{ how: 'server', what: 'OpenSearch 2.19.1 and 3.4.0 (open, Security plug-in, TLS)' }],
  control: basicControl(opensearchControlAllow, '/_plugins/_security/authinfo', 'user_name'),
  probe: (context) =>
    askSearchEngine({ product: 'opensearch', title: 'OpenSearch', writes: opensearchWrites }, context),
};
