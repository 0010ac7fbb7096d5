import type { RuleSet } from '../../model.ts';
import { anonymousAccess, anyPassword, anyProxy, demoPasswords, ldapWithoutTls, sampleTokenKey } from './login.ts';
import { auditHoldsLogins, auditOff, mightyRoleForAll, wildcardRole } from './roles.ts';

const LOAD =
  '`plugins/opensearch-security/tools/securityadmin.sh -cd config/opensearch-security -icl -nhnv -cacert root-ca.pem -cert admin.pem -key admin-key.pem`';

export const opensearchSecurityRules: RuleSet<'opensearch-security'> = {
  rules: [
    anonymousAccess,
    anyPassword,
    anyProxy,
    sampleTokenKey,
    ldapWithoutTls,
    demoPasswords,
    mightyRoleForAll,
    wildcardRole,
    auditOff,
    auditHoldsLogins,
  ],
  guidance: {
    fixes: {
      package: `Change the file in \`/etc/opensearch/opensearch-security\` and load it: ${LOAD}. A running cluster keeps its users and roles in an index; a changed file alone does nothing.`,
      docker: `Mount the file at \`/usr/share/opensearch/config/opensearch-security/\` and load it inside the container (\`docker compose exec\`): ${LOAD}. Files are read by themselves only on the very first start.`,
      kubernetes:
        'Put the files into the secret that `securityConfig.config.securityConfigSecret` of the Helm chart (or `spec.security.config` of the operator) names; the update job loads them.',
      managed:
        'Amazon OpenSearch Service: change users and roles in OpenSearch Dashboards → Security, or through `_plugins/_security/api`; files cannot be loaded.',
    },
    check:
      '`curl -sk -u NAME https://HOST:9200/_plugins/_security/authinfo` (it asks for the password) lists the roles that the account has now; without `-u` it answers 401.',
  },
};
