import { redactLine } from '../../../core/redact-line.ts';
import { authenticationOf } from '../../containers/authentication.ts';
import { exposureOfPort } from '../../containers/exposure.ts';
import { titleOf } from '../../containers/titles.ts';
import type { Engine } from '../../declared.ts';
import type { ComposePort } from '../../formats/compose/ports.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import { REFERENCES } from '../references.ts';

/** Engines that ask nobody for a password unless someone went out of their way. */
const WITHOUT_LOGIN: readonly Engine[] = ['memcached', 'cassandra'];

/** A finding for one published port, with the patch that binds it to loopback. */
export function publishedHit(service: ComposeService, port: ComposePort, text: string, what: string): Hit {
  return {
    service: service.name,
    pointer: `services.${service.name}.ports[${port.key}]`,
    span: port.span,
    // The long form is several lines, and comments may stand between them.
    actual: text.split('\n').map(redactLine).join('\n'),
    expected: 'an address in front, e.g. 127.0.0.1, or no published port',
    message: `${what} is published on ${port.hostIp === null ? 'every interface' : port.hostIp} of the host (port ${port.hostPort ?? (text.includes('$') ? 'from a variable' : 'chosen by Docker')}).`,
    fix: port.toLoopback && {
      edits: port.toLoopback,
      title: `Publish port ${port.containerPort} of \`${service.name}\` on 127.0.0.1 only`,
      blastRadius:
        'Clients on other machines, an app that talks to this store directly among them, can no longer connect; containers of the same project and programs on the host still can.',
      needsConfirmation: true,
    },
  };
}

export const storePublished = defineRule<'docker-compose'>({
  id: 'audit/compose-store-published',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: "https://docs.docker.com/engine/network/packet-filtering-firewalls/ – ports published without an address are opened on all of the host's, past ufw; compose-go 2.16.2 leaves host_ip empty for them",
  },
  aliases: ['DC-NET-001'],
  cis: ['CIS Docker 1.6 5.14'],
  format: 'docker-compose',
  title: 'A data store is published on all interfaces',
  severity: 'high',
  owner: 'it',
  description:
    'A port under `ports` without an address is published on every interface of the host, IPv4 and IPv6. Docker writes its own firewall rules, so a host firewall such as ufw does not stop it. A stranger reaches the store itself, past the API that was meant to stand in front of it.',
  remediation:
    'Remove the `ports` entry when only other containers need the store (they reach it by service name), or put `127.0.0.1:` in front of it.',
  references: [REFERENCES.composePorts, REFERENCES.dockerFirewall],
  cwe: ['CWE-668'],
  examples: {
    bad: [
      'services:\n  search:\n    image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n    ports:\n      - "9200:9200"\n',
      'services:\n  live:\n    image: eclipse-mosquitto:2.0.22\n    ports:\n      - target: 1883\n        published: 1883\n',
    ],
    good: [
      'services:\n  search:\n    image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n    ports:\n      - "127.0.0.1:9200:9200"\n',
      'services:\n  ui:\n    image: mongo-express:1.0.2\n    ports:\n      - "8081:8081"\n',
      'services:\n  db:\n    image: postgres:16\n    expose: ["5432"]\n',
    ],
  },
  *check({ document }, context) {
    for (const service of document.services) {
      const engine = service.image?.engine;
      if (!engine || service.internalOnly || WITHOUT_LOGIN.includes(engine)) continue;
      for (const port of service.ports) {
        if (!port.hostIpKnown) {
          context.unknown(
            `services.${service.name}.ports`,
            'the address it is published on comes from a variable without a known value',
          );
          continue;
        }
        if (exposureOfPort(port) !== 'public') continue;
        const hit = publishedHit(
          service,
          port,
          document.text.text.slice(port.span.start, port.span.end),
          titleOf(engine),
        );
        const open = authenticationOf(service, context).state === 'off';
        yield {
          ...hit,
          message: open ? `${hit.message.slice(0, -1)}, and it asks for no login.` : hit.message,
          // Brokers and object stores are made to be spoken to from elsewhere.
          severity: open ? 'critical' : engine === 'mqtt' || engine === 's3' ? 'medium' : 'high',
        };
      }
    }
  },
});

export const openStorePublished = defineRule<'docker-compose'>({
  id: 'audit/compose-store-without-login-published',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://github.com/memcached/memcached/wiki/SASLHowto – no authentication unless built and started with SASL; cassandra.yaml of 4.1 and 5.0 ships `authenticator: AllowAllAuthenticator`',
  },
  aliases: ['DC-MC-001'],
  format: 'docker-compose',
  title: 'A store that knows no login is published on all interfaces',
  severity: 'critical',
  owner: 'it',
  description:
    'Memcached and Cassandra ask for no login unless it was set up on purpose. Published without an address, anybody reads and changes everything in them; Memcached over UDP is also used to amplify attacks.',
  remediation:
    'Remove the `ports` entry, or put `127.0.0.1:` in front of it. For Cassandra set `authenticator: PasswordAuthenticator`; for Memcached use `-S` (SASL).',
  references: [
    REFERENCES.composePorts,
    'https://github.com/memcached/memcached/wiki/SASLHowto',
    'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html',
  ],
  cwe: ['CWE-306', 'CWE-668'],
  examples: {
    bad: ['services:\n  cache:\n    image: memcached:1.6\n    ports:\n      - 11211:11211\n'],
    good: [
      'services:\n  cache:\n    image: memcached:1.6\n    ports:\n      - 127.0.0.1:11211:11211\n',
      'services:\n  cache:\n    image: memcached:1.6\n',
    ],
  },
  *check({ document }, context) {
    for (const service of document.services) {
      const engine = service.image?.engine;
      if (!engine || service.internalOnly || !WITHOUT_LOGIN.includes(engine)) continue;
      for (const port of service.ports) {
        if (exposureOfPort(port) !== 'public') continue;
        const hit = publishedHit(
          service,
          port,
          document.text.text.slice(port.span.start, port.span.end),
          titleOf(engine),
        );
        yield { ...hit, severity: authenticationOf(service, context).state === 'off' ? 'critical' : 'high' };
      }
    }
  },
});

export const adminUiPublished = defineRule<'docker-compose'>({
  id: 'audit/compose-admin-page-published',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/reference/compose-file/services/#ports – a port without an address is published on every interface',
  },
  aliases: ['DC-UI-001'],
  format: 'docker-compose',
  title: 'An administration page of a data store is published on all interfaces',
  severity: 'high',
  owner: 'it',
  description:
    'Pages such as phpMyAdmin, Adminer, mongo-express or Kibana are a second door to the store behind them: often with a stored login, or with guessable ones, and with a history of flaws.',
  remediation: 'Remove the service from production, or publish it on `127.0.0.1` and reach it through a tunnel or VPN.',
  references: [REFERENCES.composePorts, REFERENCES.dockerFirewall],
  cwe: ['CWE-668'],
  examples: {
    bad: ['services:\n  admin:\n    image: phpmyadmin:5.2\n    ports:\n      - "8080:80"\n'],
    good: ['services:\n  admin:\n    image: phpmyadmin:5.2\n    ports:\n      - "127.0.0.1:8080:80"\n'],
  },
  *check({ document }) {
    for (const service of document.services) {
      if (!service.image?.adminUi || service.internalOnly) continue;
      for (const port of service.ports) {
        if (exposureOfPort(port) !== 'public') continue;
        yield publishedHit(
          service,
          port,
          document.text.text.slice(port.span.start, port.span.end),
          service.image.adminUi,
        );
      }
    }
  },
});

export const dockerApiPublished = defineRule<'docker-compose'>({
  id: 'audit/compose-docker-api-published',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/engine/security/protect-access/ – port 2375 is by convention the API without TLS; whoever reaches it controls the host',
  },
  aliases: ['DC-API-001'],
  format: 'docker-compose',
  title: 'The Docker API is published without TLS',
  severity: 'critical',
  owner: 'it',
  description:
    'Port 2375 is the Docker API without TLS and without a login. Whoever reaches it starts a privileged container and owns the host with all its data.',
  remediation:
    'Remove the published port. Where remote access is needed, use SSH (`DOCKER_HOST=ssh://…`) or TLS with client certificates on 2376.',
  references: ['https://docs.docker.com/engine/security/protect-access/', REFERENCES.composePorts],
  cwe: ['CWE-306'],
  examples: {
    bad: ['services:\n  docker:\n    image: docker:27-dind\n    ports:\n      - "2375:2375"\n'],
    good: ['services:\n  docker:\n    image: docker:27-dind\n    ports:\n      - "127.0.0.1:2375:2375"\n'],
  },
  *check({ document }) {
    for (const service of document.services) {
      if (service.internalOnly) continue;
      for (const port of service.ports) {
        if (port.containerPort !== 2375 || exposureOfPort(port) !== 'public') continue;
        yield publishedHit(service, port, document.text.text.slice(port.span.start, port.span.end), 'The Docker API');
      }
    }
  },
});

export const hostNetwork = defineRule<'docker-compose'>({
  id: 'audit/compose-store-on-host-network',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: "https://docs.docker.com/engine/network/drivers/host/ – the container shares the host's network namespace and published ports are ignored",
  },
  aliases: ['DC-NET-003'],
  cis: ['CIS Docker 1.6 5.10'],
  format: 'docker-compose',
  title: "A data store shares the host's network",
  severity: 'high',
  owner: 'it',
  description:
    'With `network_mode: host` the container has no network of its own: every port that the store opens is open on the host, on every interface that it binds, and `ports` is ignored.',
  remediation: 'Remove `network_mode: host` and publish what is needed on `127.0.0.1`.',
  references: [REFERENCES.dockerHostNetwork],
  cwe: ['CWE-668'],
  examples: {
    bad: ['services:\n  cache:\n    image: redis:7.2\n    network_mode: host\n'],
    good: [
      'services:\n  cache:\n    image: redis:7.2\n',
      'services:\n  app:\n    image: example/app:1\n    network_mode: host\n',
    ],
  },
  *check({ document }, context) {
    for (const service of document.services) {
      const engine = service.image?.engine;
      if (!engine || !service.hostNetwork) continue;
      yield {
        service: service.name,
        pointer: `services.${service.name}.network_mode`,
        span: service.hostNetwork.span,
        actual: 'host',
        expected: 'a network of its own',
        message: `${titleOf(engine)} opens its ports directly on the host.`,
        severity: authenticationOf(service, context).state === 'off' ? 'critical' : 'high',
      };
    }
  },
});
