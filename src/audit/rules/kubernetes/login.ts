/** Stores and their pages that manifests start without a login. */
import { authenticationOf, variableOf } from '../../containers/authentication.ts';
import { majorOf } from '../../containers/image.ts';
import type { EnvironmentVariable } from '../../containers/model.ts';
import { titleOf } from '../../containers/titles.ts';
import type { Engine } from '../../declared.ts';
import { containersIn } from '../../formats/kubernetes/declare.ts';
import { startedContainer } from '../../formats/kubernetes/login.ts';
import { defineRule, type Fix } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { imageSpan, reachOf, severityOf, storesIn } from './stores.ts';

/** Engines that ask nobody for a password unless someone went out of their way: only a way in from outside counts. */
const WITHOUT_LOGIN: readonly Engine[] = ['memcached', 'cassandra'];

const EXPECTED: Readonly<Partial<Record<Engine, string>>> = {
  elasticsearch: 'xpack.security.enabled=true, and ELASTIC_PASSWORD from a Secret',
  opensearch: 'the security plugin on, and OPENSEARCH_INITIAL_ADMIN_PASSWORD from a Secret',
  mongodb: 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD from a Secret, or --auth',
  redis: 'requirepass or an ACL file, from a Secret',
  postgresql: 'scram-sha-256, and POSTGRES_PASSWORD from a Secret',
  mysql: 'MYSQL_ROOT_PASSWORD from a Secret',
  couchdb: 'COUCHDB_USER and COUCHDB_PASSWORD from a Secret',
  clickhouse: 'CLICKHOUSE_PASSWORD from a Secret',
};

/** The value that switches the login on, where one word says it. */
const SAFE: Readonly<Record<string, string>> = {
  'xpack.security.enabled': 'true',
  DISABLE_SECURITY_PLUGIN: 'false',
  'plugins.security.disabled': 'false',
  POSTGRES_HOST_AUTH_METHOD: 'scram-sha-256',
};

function switchOn(variable: EnvironmentVariable, name: string): Fix | null {
  const safe = Object.hasOwn(SAFE, variable.name) ? SAFE[variable.name] : undefined;
  const { inner, source } = variable;
  if (safe === undefined || source !== 'literal' || !inner || inner.end <= inner.start) return null;
  return {
    edits: [{ ...inner, text: safe }],
    title: `Let ${name} ask for a login`,
    blastRadius:
      'Every client without credentials is refused. Give the pod its passwords from a Secret first; data that exists keeps its own users.',
    needsConfirmation: true,
  };
}

function shown({ value }: EnvironmentVariable): string {
  return value !== null && /^(?:true|false|yes|no|on|off|0|1|trust)$/i.test(value) ? value : 'set';
}

export const storeWithoutLogin = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-without-login',
  aliases: ['K8-DB-001'],
  format: 'kubernetes',
  title: 'A store runs without a login',
  topic: 'authentication',
  severity: 'critical',
  owner: 'developer',
  description:
    'By its image, its variables or its arguments the store asks nobody who they are. Whoever reaches the pod – at least every other pod of the cluster, unless a NetworkPolicy says otherwise – reads, changes and deletes everything.',
  remediation:
    'Give the store its password from a Secret (`valueFrom.secretKeyRef`), and switch its access control on as its image documents it. MongoDB started as `mongod` needs `--auth`: its variables are read by the entrypoint only, which `command` replaces.',
  references: [
    REFERENCES.mongoImage,
    REFERENCES.postgresImage,
    REFERENCES.redisImage,
    REFERENCES.elasticsearchSecurity,
    'https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/',
  ],
  cwe: ['CWE-306'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/ – command replaces the image’s ENTRYPOINT and args its CMD; what the images do without a login stands in https://github.com/docker-library/docs',
  },
  examples: {
    bad: [
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: cache\nspec:\n  template:\n    metadata:\n      labels:\n        app: cache\n    spec:\n      containers:\n        - name: redis\n          image: redis:7.2\n',
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: es\nspec:\n  template:\n    spec:\n      containers:\n        - name: es\n          image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n          env:\n            - name: xpack.security.enabled\n              value: "false"\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: mongo\nspec:\n  containers:\n    - name: mongo\n      image: mongo:7\n      command: ["mongod", "--bind_ip_all"]\n      env:\n        - name: MONGO_INITDB_ROOT_USERNAME\n          value: app\n        - name: MONGO_INITDB_ROOT_PASSWORD\n          valueFrom: {secretKeyRef: {name: mongo, key: password}}\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: cache\nspec:\n  containers:\n    - name: redis\n      image: redis:7.2\n      args: ["--requirepass", "$(REDIS_PASSWORD)"]\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: postgres:16\n      env:\n        - name: POSTGRES_PASSWORD\n          valueFrom:\n            secretKeyRef:\n              name: db\n              key: password\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: mongo:7\n      envFrom:\n        - secretRef:\n            name: elsewhere\n',
      'apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: backup\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: dump\n              image: mongo:7\n              command: [mongodump]\n',
    ],
  },
  *check(file, context) {
    for (const { container, engine } of storesIn(file)) {
      const started = startedContainer(container);
      const login = authenticationOf(started, context);
      if (login.state === 'unknown' && Object.hasOwn(EXPECTED, engine))
        context.unknown(container.pointer, login.reason);
      // What a mounted file says is found in that file, by its own rules.
      if (login.state !== 'off' || login.by === 'file') continue;
      const reach = reachOf(container, file);
      if (WITHOUT_LOGIN.includes(engine) && reach.level !== 'internet' && reach.level !== 'network') continue;
      const variable = login.by === 'variable' ? login.variable : null;
      const command = login.by === 'command' ? (container.command ?? container.entrypoint) : null;
      yield {
        service: container.name,
        pointer: `${container.pointer}.${variable ? `env.${variable.name}` : command ? 'args' : 'image'}`,
        span: variable?.span ?? command?.span ?? imageSpan(container),
        actual: variable
          ? shown(variable)
          : command
            ? 'switched off by its arguments'
            : `not set; off by default in ${container.image?.reference ?? 'its image'}`,
        expected: EXPECTED[engine] ?? 'a login',
        message: `${titleOf(engine)} asks for no login, ${reach.text}.`,
        severity: severityOf(reach),
        fix: variable && switchOn(variable, titleOf(engine)),
      };
    }
  },
});

export const pageWithoutLogin = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-page-without-login',
  format: 'kubernetes',
  title: 'A page that shows data asks for no login',
  topic: 'authentication',
  severity: 'high',
  owner: 'it',
  description:
    'mongo-express with its basic authentication off edits every database for whoever opens it; Grafana with anonymous access shows its dashboards, and as Editor or Admin lets anybody query the data sources behind them.',
  remediation:
    'Set `ME_CONFIG_BASICAUTH_ENABLED: "true"` with a user and a password from a Secret; remove `GF_AUTH_ANONYMOUS_ENABLED`, or keep its role at Viewer and the page inside the cluster.',
  references: [
    'https://github.com/mongo-express/mongo-express#readme',
    'https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/anonymous-auth/',
  ],
  cwe: ['CWE-306'],
  verified: {
    by: 'source',
    how: 'https://github.com/mongo-express/mongo-express – ME_CONFIG_BASICAUTH false switches the login off; https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/anonymous-auth/ – auth.anonymous lets everybody in with org_role',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: ui\nspec:\n  containers:\n    - name: ui\n      image: mongo-express:1.0.2\n      env:\n        - name: ME_CONFIG_BASICAUTH\n          value: "false"\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: grafana\nspec:\n  containers:\n    - name: grafana\n      image: grafana/grafana:11.2.0\n      env:\n        - name: GF_AUTH_ANONYMOUS_ENABLED\n          value: "true"\n        - name: GF_AUTH_ANONYMOUS_ORG_ROLE\n          value: Admin\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: grafana\nspec:\n  containers:\n    - name: grafana\n      image: grafana/grafana:11.2.0\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: grafana\nspec:\n  containers:\n    - name: grafana\n      image: grafana/grafana:11.2.0\n      env:\n        - name: GF_AUTH_ANONYMOUS_ENABLED\n          value: "true"\n',
    ],
  },
  *check(file) {
    for (const container of containersIn(file)) {
      const page = pageOf(container.image?.adminUi ?? null, container.image?.repository ?? '');
      if (page === null) continue;
      const off =
        page === 'Grafana'
          ? variableOf(container, 'GF_AUTH_ANONYMOUS_ENABLED')
          : variableOf(container, 'ME_CONFIG_BASICAUTH', 'ME_CONFIG_BASICAUTH_ENABLED');
      const user = variableOf(container, 'ME_CONFIG_BASICAUTH_USERNAME');
      // Before 1.0 an empty user name switched the login off.
      const old =
        page !== 'Grafana' &&
        majorOf(container.image?.version ?? null) === 0 &&
        user?.value === '' &&
        user.source === 'literal';
      const cause = off?.value === (page === 'Grafana' ? 'true' : 'false') ? off : old ? user : undefined;
      if (!cause) continue;
      const reach = reachOf(container, file);
      const role = variableOf(container, 'GF_AUTH_ANONYMOUS_ORG_ROLE')?.value ?? 'Viewer';
      const outside = reach.level === 'internet' || reach.level === 'network';
      // A viewer inside the cluster is what many mean to have.
      if (page === 'Grafana' && !/^(?:Admin|Editor)$/.test(role) && !outside) continue;
      yield {
        service: container.name,
        pointer: `${container.pointer}.env.${cause.name}`,
        span: cause.span,
        actual: cause.value === '' ? 'empty' : (cause.value ?? 'set'),
        expected: 'a login',
        message: `${page} asks for no login, ${reach.text}.`,
        severity: page === 'Grafana' ? (reach.level === 'internet' ? 'high' : 'medium') : outside ? 'critical' : 'high',
      };
    }
  },
});

function pageOf(adminUi: string | null, repository: string): string | null {
  if (adminUi === 'mongo-express') return adminUi;
  return /(?:^|\/)grafana(?:-enterprise|-oss)?$/.test(repository) ? 'Grafana' : null;
}
