/** Stores that run as containers of ECS. */
import { STORE_LOGINS, type StoreLogin, withoutLogin } from '../../containers/logins.ts';
import { titleOf } from '../../containers/titles.ts';
import { taskContainersOf } from '../../formats/terraform/containers.ts';
import { type AuditRule, defineRule } from '../../model.ts';

const LOGINS: ReadonlyMap<string, StoreLogin> = new Map(
  Object.values(STORE_LOGINS).map((login: StoreLogin) => [login.engine, login]),
);

const TASK = (image: string, environment: string): string =>
  `resource "aws_ecs_task_definition" "t" {\n  family = "t"\n  container_definitions = jsonencode([{\n    name        = "store"\n    image       = "${image}"\n    environment = [${environment}]\n  }])\n}\n`;

const withoutAnyLogin = defineRule<'terraform'>({
  id: 'audit/terraform-container-store-without-login',
  format: 'terraform',
  topic: 'authentication',
  title: 'A store in a container of ECS asks for no login',
  severity: 'high',
  owner: 'it',
  description:
    'Everybody who gets past the security group of the task reads, changes and deletes what the store holds.',
  remediation: 'Switch the login on with the variables of the image, and take the password from `secrets`.',
  references: ['https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html'],
  cwe: ['CWE-306'],
  verified: {
    by: 'source',
    how: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html – environment and command go to the container as with docker run; what the images do without a login is verified by the rules of compose',
  },
  examples: {
    bad: [TASK('redis:7', ''), TASK('mongo:7', '')],
    good: [
      TASK('postgres:16', '{ name = "POSTGRES_PASSWORD_FILE", value = "/run/secrets/pg" }'),
      TASK(
        'mongo:7',
        '{ name = "MONGO_INITDB_ROOT_USERNAME", value = "a" }, { name = "MONGO_INITDB_ROOT_PASSWORD", value = var.password }',
      ),
    ],
  },
  *check({ document, source: own }, context) {
    for (const { container, declared, source } of taskContainersOf(document.configuration)) {
      const login = LOGINS.get(container.image?.engine ?? '');
      const found = login === undefined ? null : withoutLogin(container, declared.name, context);
      const engine = container.image?.engine;
      if (login === undefined || found === null || !engine) continue;
      const hit = {
        pointer: `${declared.name}.${found.pointer}`,
        span: found.span,
        actual: found.actual,
        expected: login.expected,
        message: `${titleOf(engine)} in ${declared.name} asks for no login.`,
        service: declared.name,
      };
      yield source === own ? hit : { ...hit, source };
    }
  },
});

export const containerRules: readonly AuditRule<'terraform'>[] = [withoutAnyLogin];
