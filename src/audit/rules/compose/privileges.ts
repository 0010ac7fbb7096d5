import { variableOf } from '../../containers/authentication.ts';
import { exposureOf, reachedFrom, severityOf } from '../../containers/exposure.ts';
import { majorOf } from '../../containers/image.ts';
import { titleOf } from '../../containers/titles.ts';
import { defineRule } from '../../model.ts';

/** With these a process gets out of its container, or reads others on the host. */
const HOST_CAPABILITIES = new Set([
  'ALL',
  'SYS_ADMIN',
  'SYS_PTRACE',
  'SYS_MODULE',
  'SYS_RAWIO',
  'DAC_READ_SEARCH',
  'BPF',
]);

export const privilegedStore = defineRule<'docker-compose'>({
  id: 'audit/compose-store-privileged',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: "https://docs.docker.com/engine/security/#docker-daemon-attack-surface – control of the daemon's socket is root on the host; privileged lifts every restriction of the container",
  },
  aliases: ['DC-PRIV-001'],
  cis: ['CIS Docker 1.6 5.5', 'CIS Docker 1.6 5.32'],
  format: 'docker-compose',
  title: 'A data store runs with power over the host',
  severity: 'critical',
  owner: 'it',
  description:
    'With `privileged: true`, the processes of the host, a capability such as `SYS_ADMIN`, or the Docker socket mounted, whoever gets commands to run in the container of the store owns the host.',
  remediation: 'Remove `privileged` and the mount of `docker.sock`; no store needs either.',
  references: [
    'https://docs.docker.com/reference/compose-file/services/#privileged',
    'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
  ],
  cwe: ['CWE-250'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres:16\n    privileged: true\n',
      'services:\n  cache:\n    image: redis:7\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n',
      'services:\n  db:\n    image: postgres:16\n    pid: host\n    cap_add: [SYS_ADMIN]\n',
    ],
    good: [
      'services:\n  db:\n    image: postgres:16\n    privileged: false\n',
      'services:\n  proxy:\n    image: traefik:3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      const engine = service.image?.engine;
      if (!engine) continue;
      if (service.privileged) {
        const { span, inner } = service.privileged;
        yield {
          service: service.name,
          pointer: `services.${service.name}.privileged`,
          span,
          actual: 'true',
          expected: 'not set',
          message: `The container of ${titleOf(engine)} has every power over the host.`,
          fix: inner && {
            edits: [{ ...inner, text: 'false' }],
            title: `Take the privileges of \`${service.name}\` away`,
            blastRadius: 'A container that changes kernel settings at its start no longer can; set them on the host.',
            needsConfirmation: true,
          },
        };
      }
      if (service.hostPid) {
        yield {
          service: service.name,
          pointer: `services.${service.name}.pid`,
          span: service.hostPid.span,
          actual: 'host',
          expected: 'not set',
          message: `The container of ${titleOf(engine)} sees and signals every process of the host.`,
          severity: 'high',
        };
      }
      for (const { name, span } of service.capAdd) {
        if (!HOST_CAPABILITIES.has(name.toUpperCase().replace(/^CAP_/, ''))) continue;
        yield {
          service: service.name,
          pointer: `services.${service.name}.cap_add[${name}]`,
          span,
          actual: name,
          expected: 'not given',
          message: `The container of ${titleOf(engine)} has the capability ${name}, which leads to the host.`,
          severity: 'high',
        };
      }
      for (const mount of service.mounts) {
        if (!/docker\.sock$/.test(mount.source)) continue;
        yield {
          service: service.name,
          pointer: `services.${service.name}.volumes[${mount.target}]`,
          span: mount.span,
          actual: 'the Docker socket',
          expected: 'not mounted',
          message: `The container of ${titleOf(engine)} can command Docker on the host.`,
        };
      }
    }
  },
});

export const mongoExpressNoLogin = defineRule<'docker-compose'>({
  id: 'audit/compose-mongo-express-without-login',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://github.com/mongo-express/mongo-express/blob/master/config.default.js – useBasicAuth follows ME_CONFIG_BASICAUTH(_ENABLED)',
  },
  aliases: ['DC-UI-002'],
  format: 'docker-compose',
  title: 'mongo-express asks for no login',
  severity: 'critical',
  owner: 'it',
  description:
    'mongo-express shows and edits every database with its stored login. With basic authentication off everybody who reaches the page does.',
  remediation:
    'Set `ME_CONFIG_BASICAUTH_ENABLED=true` with `ME_CONFIG_BASICAUTH_USERNAME` and `ME_CONFIG_BASICAUTH_PASSWORD`, do not publish the page, or better remove it from production.',
  references: [
    'https://github.com/mongo-express/mongo-express#readme',
    'https://github.com/docker-library/docs/blob/master/mongo-express/README.md',
  ],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'services:\n  ui:\n    image: mongo-express:1.0.2\n    ports: ["8081:8081"]\n    environment:\n      ME_CONFIG_BASICAUTH: "false"\n      ME_CONFIG_MONGODB_SERVER: mongo\n',
    ],
    good: [
      'services:\n  ui:\n    image: mongo-express:1.0.2\n    environment:\n      ME_CONFIG_BASICAUTH_USERNAME: keeper\n      ME_CONFIG_BASICAUTH_PASSWORD: ${UI_PASSWORD:?}\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      if (service.image?.adminUi !== 'mongo-express') continue;
      const off = variableOf(service, 'ME_CONFIG_BASICAUTH', 'ME_CONFIG_BASICAUTH_ENABLED');
      const user = variableOf(service, 'ME_CONFIG_BASICAUTH_USERNAME');
      // Before 1.0 an empty user name switched the login off; since then `admin` stands in for it.
      const old = majorOf(service.image.version) === 0 && user?.value === '' && user.source === 'literal';
      const cause = off?.value === 'false' ? off : old ? user : undefined;
      if (!cause) continue;
      const exposure = exposureOf(service);
      yield {
        service: service.name,
        pointer: `services.${service.name}.environment.${cause.name}`,
        span: cause.span,
        actual: cause.value === '' ? 'empty' : 'false',
        expected: 'a login',
        message: `mongo-express asks for no login, ${reachedFrom(exposure)}.`,
        severity: severityOf(exposure),
      };
    }
  },
});
