/** Passwords and keys that stand in the code. */
import { isPasswordName } from '../../containers/passwords.ts';
import { textOf, type Value } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { type Subject, terraformRule, type Wrong } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** Attributes that hold a password or key, by type; a path goes through blocks. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ['password'],
  aws_rds_cluster: ['master_password'],
  aws_docdb_cluster: ['master_password'],
  aws_redshift_cluster: ['master_password'],
  aws_redshiftserverless_namespace: ['admin_user_password'],
  aws_elasticache_replication_group: ['auth_token'],
  aws_elasticache_user: ['passwords'],
  aws_memorydb_user: ['authentication_mode.passwords'],
  aws_opensearch_domain: ['advanced_security_options.master_user_options.master_user_password'],
  aws_elasticsearch_domain: ['advanced_security_options.master_user_options.master_user_password'],
  aws_mq_broker: ['user.password'],
  aws_dms_endpoint: ['password'],
  aws_secretsmanager_secret_version: ['secret_string'],
  google_sql_user: ['password'],
  google_sql_database_instance: ['root_password'],
  google_secret_manager_secret_version: ['secret_data'],
  azurerm_postgresql_flexible_server: ['administrator_password'],
  azurerm_mysql_flexible_server: ['administrator_password'],
  azurerm_postgresql_server: ['administrator_login_password'],
  azurerm_mysql_server: ['administrator_login_password'],
  azurerm_mariadb_server: ['administrator_login_password'],
  azurerm_mssql_server: ['administrator_login_password'],
  azurerm_sql_server: ['administrator_login_password'],
  azurerm_mssql_managed_instance: ['administrator_login_password'],
  azurerm_key_vault_secret: ['value'],
  postgresql_role: ['password'],
  mysql_user: ['plaintext_password', 'password'],
  mongodbatlas_database_user: ['password'],
};

function* at(view: Subject['view'], path: readonly string[]): Generator<Value> {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length > 0) {
    for (const block of view.blocks(name).items) yield* at(block, rest);
    return;
  }
  const value = view.attribute(name);
  if (value?.kind === 'list') yield* value.items;
  else if (value !== null) yield value;
}

/** Folders whose passwords open nothing real, most of the time. */
const SAMPLE = /\.example|(?:^|\/)(?:examples?|samples?|tests?|fixtures?|testdata|e2e)\//i;
const KEY_NAME = /(?:^|_)(?:secret|secret_key|secret_access_key|api_key|auth_token)$/i;

/** Stands for a value that somebody fills in later, or is none. */
function isPlaceholder(text: string): boolean {
  return text.length < 3 || /^(?:<.*>|\$\{.*\}|x{3,}|\*+|REPLACE.*|TODO.*|dummy|placeholder|null|none)$/i.test(text);
}

function* secretsOf(subject: Subject & { type: string }): Generator<{ setting: string; value: Value; text: string }> {
  for (const setting of SECRETS[subject.type] ?? []) {
    for (const value of at(subject.view, setting.split('.'))) {
      const text = textOf(value);
      if (text !== null && value.kind === 'string' && value.from === undefined && !isPlaceholder(text))
        yield { setting, value, text };
    }
  }
  if (subject.type === 'aws_ssm_parameter' && textOf(subject.view.attribute('type')) === 'SecureString') {
    const value = subject.view.attribute('value');
    const text = textOf(value);
    if (value?.kind === 'string' && text !== null && value.from === undefined && !isPlaceholder(text))
      yield { setting: 'value', value, text };
  }
  if (subject.type === 'aws_lambda_function') {
    const variables = subject.view.blocks('environment').items[0]?.attribute('variables');
    if (variables?.kind !== 'map') return;
    for (const [name, value] of variables.entries) {
      const text = textOf(value);
      if (
        !(isPasswordName(name) || KEY_NAME.test(name)) ||
        value.kind !== 'string' ||
        text === null ||
        value.from !== undefined ||
        isPlaceholder(text)
      )
        continue;
      yield { setting: `environment.variables.${name}`, value, text };
    }
  }
}

const literal = terraformRule(
  {
    id: 'audit/terraform-literal-password',
    aliases: ['TA-RDS-009'],
    topic: 'secrets',
    title: 'A password of a store stands in the code',
    severity: 'high',
    owner: 'developer',
    description:
      'Everybody with the repository, its history, the plan or the state has the password, also people who left.',
    remediation:
      'Let the provider make it (`manage_master_user_password = true`), read it from a secret store, or pass it as a sensitive variable without a default; then change the one that was committed.',
    references: [
      SOURCES.aws('db_instance'),
      'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
    ],
    cwe: ['CWE-798'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'password: this may show up in logs, and it will be stored in the state file; manage_master_user_password keeps it in Secrets Manager',
    ),
    guidance: {
      fixes: {
        terraform:
          'Replace the literal by `manage_master_user_password = true` (RDS), `random_password` with a secret store, or a `sensitive` variable without a default; rotate the committed one.',
        managed: 'Change the password in the console or with the provider’s CLI: what was committed is known.',
      },
      check: '`git grep -nE "password *= *\\"" -- "*.tf" "*.tfvars"` finds nothing, and the old password is refused.',
    },
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  username = "app"\n  password = "changeit-example"\n}\n',
        'variable "password" {\n  default = "changeit-example"\n}\nresource "google_sql_user" "u" {\n  name     = "app"\n  password = var.password\n}\n',
      ],
      good: [
        'variable "password" {\n  sensitive = true\n}\nresource "aws_db_instance" "db" {\n  password = var.password\n}\n',
        'resource "aws_db_instance" "db" {\n  manage_master_user_password = true\n}\n',
        'resource "random_password" "db" {\n  length = 32\n}\nresource "aws_db_instance" "db" {\n  password = random_password.db.result\n}\n',
      ],
    },
  },
  function* ({ configuration }): Generator<Wrong> {
    for (const subject of configuration.of(...Object.keys(SECRETS), 'aws_ssm_parameter', 'aws_lambda_function')) {
      for (const { setting, value, text } of secretsOf(subject)) {
        const known = isWellKnown(text);
        const sample = SAMPLE.test(value.at.source.path);
        yield {
          subject,
          setting,
          at: value.at,
          actual: hidden(text),
          expected: 'a reference to a secret store',
          message: `The ${setting.split('.').at(-1)} of ${subject.address} stands in the code${known ? ', and it is one that everybody tries first' : ''}.`,
          severity: sample ? 'low' : known ? 'critical' : 'high',
        };
      }
    }
  },
);

const providerKeys = terraformRule(
  {
    id: 'audit/terraform-provider-keys-in-code',
    topic: 'secrets',
    title: 'Keys of a cloud account stand in the code',
    severity: 'critical',
    owner: 'developer',
    description: 'Everybody with the repository or its history acts as the account that builds the whole system.',
    remediation:
      'Remove them, use the environment, a profile or OIDC of the pipeline, and revoke the keys that were committed.',
    references: ['https://registry.terraform.io/providers/hashicorp/aws/latest/docs'],
    cwe: ['CWE-798'],
    verified: documented(
      'https://registry.terraform.io/providers/hashicorp/aws/latest/docs',
      'hard-coded credentials are not recommended in any Terraform configuration',
    ),
    examples: {
      bad: [
        'provider "aws" {\n  region     = "eu-west-1"\n  access_key = "changeit-example"\n  secret_key = "changeit-example"\n}\n',
      ],
      good: ['provider "aws" {\n  region  = "eu-west-1"\n  profile = "deploy"\n}\n'],
    },
  },
  function* ({ configuration }): Generator<Wrong> {
    for (const { subject, name } of configuration.providers()) {
      for (const setting of ['secret_key', 'client_secret', 'credentials', 'password', 'api_token']) {
        const value = subject.view.attribute(setting);
        const text = textOf(value);
        // Test doubles such as LocalStack take any key.
        if (value?.kind !== 'string' || text === null || isPlaceholder(text) || /^(?:test|mock|fake|local)/i.test(text))
          continue;
        if (value.from !== undefined || (setting === 'credentials' && !text.includes('private_key'))) continue;
        yield {
          subject,
          setting,
          at: value.at,
          actual: hidden(text),
          expected: 'the environment or a profile',
          message: `The provider ${name} has its ${setting} in the code.`,
        };
      }
    }
  },
);

export const secretRules: readonly AuditRule<'terraform'>[] = [literal, providerKeys];
