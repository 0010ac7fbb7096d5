import type { RuleSet } from '../../model.ts';
import {
  corsAnyOrigin,
  corsWithCredentials,
  listensEverywhere,
  openWithoutLogin,
  transportExposed,
} from '../search/network.ts';
import { anyUrlRepository, destructiveWildcards, remoteReindex, servedSnapshots } from '../search/operations.ts';
import { ELASTICSEARCH } from '../search/product.ts';
import { anonymousRole, auditLogOff, defaultPassword, scriptsUnrestricted, securityDisabled } from './rules.ts';
import { certificateNotVerified, httpWithoutTls, transportWithoutTls } from './transport.ts';

export const elasticsearchRules: RuleSet<'elasticsearch.yml'> = {
  rules: [
    securityDisabled,
    openWithoutLogin(ELASTICSEARCH, ['ES-NET-001']),
    listensEverywhere(ELASTICSEARCH, ['ES-NET-002']),
    transportExposed(ELASTICSEARCH, ['ES-NET-003']),
    httpWithoutTls,
    transportWithoutTls,
    certificateNotVerified,
    anonymousRole,
    defaultPassword,
    corsAnyOrigin(ELASTICSEARCH, ['ES-CORS-001']),
    corsWithCredentials(ELASTICSEARCH, ['ES-CORS-002']),
    remoteReindex(
      ELASTICSEARCH,
      ['ES-NET-004'],
      'reindex.remote.whitelist',
      'https://www.elastic.co/guide/en/elasticsearch/reference/8.19/docs-reindex.html#reindex-from-remote – remote hosts have to be explicitly allowed as host:port, where * stands for any part',
    ),
    anyUrlRepository(
      ELASTICSEARCH,
      'https://www.elastic.co/guide/en/elasticsearch/reference/2.4/breaking_20_snapshot_and_restore_changes.html – URLs of repositories must be allowed before the start; wildcards may stand for the host',
    ),
    servedSnapshots(ELASTICSEARCH),
    destructiveWildcards(ELASTICSEARCH, ['ES-OPS-001']),
    auditLogOff,
    scriptsUnrestricted,
  ],
  dropped: {
    'ES-BAK-001':
      'Wrong as a finding: repositories are registered through the API (S3, GCS, Azure need no path.repo), so its absence says nothing about backups.',
  },
  guidance: {
    fixes: {
      package:
        'Change `/etc/elasticsearch/elasticsearch.yml`, then `systemctl restart elasticsearch`. Passwords: `/usr/share/elasticsearch/bin/elasticsearch-reset-password -u elastic -i` (8.x), `elasticsearch-setup-passwords interactive` (7.x).',
      docker:
        'Mount the file at `/usr/share/elasticsearch/config/elasticsearch.yml`, or set the same name as an environment variable of the service (`xpack.security.enabled=true`); a variable wins over the file. Then `docker compose up -d`.',
      kubernetes:
        'With ECK put the setting under `spec.nodeSets[].config` of the `Elasticsearch` resource (ECK keeps security and TLS on by itself); with the Helm chart under `esConfig.elasticsearch.yml`. Pods restart one by one.',
      managed:
        'In Elastic Cloud security and TLS are always on; user settings are under Deployment → Edit → Elasticsearch.',
    },
    check:
      '`curl -sk -o /dev/null -w "%{http_code}" https://HOST:9200/` answers 401 from another machine, and `http://HOST:9200/` does not answer at all; `GET /_nodes/settings?filter_path=**.xpack` as an administrator shows the setting in force.',
  },
};
