/**
 * Elasticsearch, 1.x to 9.x, HTTP port 9200.
 *
 * ```
 * GET /                       200 {"tagline":"You Know, for Search","version":{"number":…}}, from 7.14 on with the header
 *                             X-elastic-product; 401 with realm="security" when security is on
 * GET /_cat/indices?…         200 [{"index","docs.count","store.size","status"}]; 1.x: columns of text;
 *                             before 7.7 400 for expand_wildcards: asked again without it
 * GET /<random>               404 index_not_found_exception; 2xx: a catch-all or a honeypot
 * GET /<index>/_search?size=0 200: documents could be read; 403: not
 * GET /<index>/_mapping       field names and types (a type level in between before 7.0)
 * GET /<index>/_search?size=0&…&source={"aggs":{"people":{"cardinality":…}}}   how many people, without documents
 * GET /_xpack?categories=features   features.security.enabled; 400 "no handler found": no security module at all
 * GET /_security/user/_privileges   what the anonymous user may do, when security is on
 * GET /_cat/plugins, GET /_all/_settings/index.blocks.*   other access control, read-only indices
 * ```
 *
 * | version | without configuration | how writing is told |
 * |---|---|---|
 * | 1.x, 2.x | open | `_xpack` is a missing index: no access control exists |
 * | 5.x–7.x OSS | open | `_xpack` has no handler |
 * | 6.8–7.x default | open | `features.security.enabled: false` |
 * | 8.x, 9.x | secured, with TLS | `features.security.enabled`, then the anonymous user's privileges |
 *
 * A plain request to a TLS port is answered by closing the connection; the runner then tries TLS once.
 */
import type { ProbeService } from '../../service.ts';
import { elasticsearchAllow, elasticsearchControlAllow, searchSampling } from './allow.ts';
import { basicControl } from './control.ts';
import { askSearchEngine } from './dialogue.ts';
import { recogniseEngine } from './product.ts';
import { elasticsearchWrites } from './write-access.ts';

export const elasticsearch: ProbeService = {
  id: 'elasticsearch',
  title: 'Elasticsearch',
  version: 2,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 9200, tls: 'retry' }],
  allow: elasticsearchAllow,
  sampling: searchSampling,
  recognise: (root) => recogniseEngine(root, 'elasticsearch'),
  remediation: {
    developer:
      'Let the app talk to your own API, never to Elasticsearch. Remove the address and any credential of the cluster from the app.',
    it: 'Set `xpack.security.enabled: true` and `xpack.security.http.ssl.enabled: true` in elasticsearch.yml, bind `network.host` to a private address, remove `xpack.security.authc.anonymous`, and open 9200 and 9300 in the firewall for the application servers only.',
    security:
      'Treat what the indices hold as read by strangers: look at the access logs, look for ransom indices (`read_me`, `meow`), rotate credentials stored in documents and judge the duty to notify.',
  },
  references: [
    'https://www.elastic.co/guide/en/elasticsearch/reference/current/security-minimal-setup.html',
    'https://www.elastic.co/guide/en/elasticsearch/reference/current/cat-indices.html',
  ],
  tested: [{ how: 'server', what: 'Elasticsearch 7.17.28 (open) and 8.19.3 (open, secured, TLS)' }],
  control: basicControl(elasticsearchControlAllow, '/_security/_authenticate', 'username'),
  probe: (context) =>
    askSearchEngine({ product: 'elasticsearch', title: 'Elasticsearch', writes: elasticsearchWrites }, context),
};
