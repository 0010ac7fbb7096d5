import { variableOf } from '../../containers/authentication.ts';
import { exposureOf } from '../../containers/exposure.ts';
import { defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';

export const elasticsearchHttpWithoutTls = defineRule<'docker-compose'>({
  id: 'audit/compose-elasticsearch-http-without-tls',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/security-settings.html – xpack.security.http.ssl.enabled switches TLS of the REST API; environment settings win over the file',
  },
  aliases: ['ES-TLS-001'],
  format: 'docker-compose',
  title: 'The Elasticsearch HTTP API is switched to plain text',
  severity: 'high',
  owner: 'it',
  description:
    'With `xpack.security.http.ssl.enabled=false` in the environment, passwords and documents cross the network in clear, whatever the configuration file says.',
  remediation:
    'Make a certificate (`elasticsearch-certutil http`), mount it, and set `xpack.security.http.ssl.enabled=true` with its keystore.',
  references: [
    'https://www.elastic.co/guide/en/elasticsearch/reference/current/security-basic-setup-https.html',
    REFERENCES.elasticsearchSecurity,
  ],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'services:\n  es:\n    image: elasticsearch:8.15.0\n    ports: ["9200:9200"]\n    environment:\n      - xpack.security.http.ssl.enabled=false\n',
    ],
    good: [
      'services:\n  es:\n    image: elasticsearch:8.15.0\n    environment:\n      - xpack.security.http.ssl.enabled=true\n',
      'services:\n  es:\n    image: elasticsearch:8.15.0\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      if (service.image?.engine !== 'elasticsearch') continue;
      const variable = variableOf(
        service,
        'xpack.security.http.ssl.enabled',
        'ES_SETTING_XPACK_SECURITY_HTTP_SSL_ENABLED',
      );
      if (variable?.value !== 'false') continue;
      const exposure = exposureOf(service);
      yield {
        service: service.name,
        pointer: `services.${service.name}.environment.${variable.name}`,
        span: variable.span,
        actual: 'false',
        expected: 'true, with a certificate',
        message: 'The HTTP API of Elasticsearch is not encrypted.',
        severity: exposure === 'public' || exposure === 'network' ? 'high' : 'medium',
      };
    }
  },
});
