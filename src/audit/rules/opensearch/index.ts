import type { RuleSet } from '../../model.ts';
import {
  corsAnyOrigin,
  corsWithCredentials,
  listensEverywhere,
  openWithoutLogin,
  transportExposed,
} from '../search/network.ts';
import { anyUrlRepository, destructiveWildcards, remoteReindex, servedSnapshots } from '../search/operations.ts';
import { OPENSEARCH } from '../search/product.ts';
import { anyNode, defaultInit, demoCertificates, securityConfigWritable, securityDisabled } from './login.ts';
import { hostnameUnchecked, httpWithoutTls, noAuditSink, retentionOff } from './transport.ts';

export const opensearchRules: RuleSet<'opensearch.yml'> = {
  rules: [
    securityDisabled,
    openWithoutLogin(OPENSEARCH, []),
    listensEverywhere(OPENSEARCH, ['OS-NET-001']),
    transportExposed(OPENSEARCH, []),
    demoCertificates,
    defaultInit,
    securityConfigWritable,
    anyNode,
    httpWithoutTls,
    hostnameUnchecked,
    corsAnyOrigin(OPENSEARCH, ['OS-CORS-001']),
    corsWithCredentials(OPENSEARCH, []),
    remoteReindex(
      OPENSEARCH,
      [],
      'reindex.remote.allowlist',
      'https://docs.opensearch.org/latest/im-plugin/reindex-data/#reindex-from-a-remote-cluster – reindex.remote.allowlist holds host:port of the clusters that may be read; empty, the default, is none',
    ),
    anyUrlRepository(
      OPENSEARCH,
      'https://docs.opensearch.org/latest/tuning-your-cluster/availability-and-recovery/snapshots/snapshot-restore/ – repositories.url.allowed_urls: patterns of URLs that repositories may read; it keeps requests out of internal networks',
    ),
    servedSnapshots(OPENSEARCH),
    destructiveWildcards(OPENSEARCH, []),
    noAuditSink,
    retentionOff,
  ],
  guidance: {
    fixes: {
      package:
        'Change `/etc/opensearch/opensearch.yml`, then `systemctl restart opensearch`. Users and roles: change the files in `/etc/opensearch/opensearch-security` and load them with `/usr/share/opensearch/plugins/opensearch-security/tools/securityadmin.sh`.',
      docker:
        'Mount the file at `/usr/share/opensearch/config/opensearch.yml` (or set a variable with the same name), certificates beside it; set `DISABLE_INSTALL_DEMO_CONFIG=true` so that the demonstration configuration is not added, and take `DISABLE_SECURITY_PLUGIN` out. Then `docker compose up -d`.',
      kubernetes:
        'In the Helm chart the file is `config.opensearch.yml` and the security files are `securityConfig`; with the operator `spec.security` of the `OpenSearchCluster`. Certificates come from secrets.',
      managed:
        'Amazon OpenSearch Service: switch fine-grained access control and “Require HTTPS” on (`aws opensearch update-domain-config`); opensearch.yml is not yours to change.',
    },
    check:
      '`curl -sk -o /dev/null -w "%{http_code}" https://HOST:9200/` answers 401 from another machine, and `http://HOST:9200/` does not answer at all.',
  },
};
