import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { parseHcl } from './hcl.ts';
import { parseJson } from './json.ts';
import { terraformFormat } from './read.ts';
import { numberOf, textOf } from './values.ts';

/** The effective value of `aws_x.y.value` of a text, as text; null when it is not known. */
function effective(expression: string, more = ''): string | null {
  const text = `resource "aws_x" "y" {\n  value = ${expression}\n}\n${more}`;
  const { document } = terraformFormat.read(sourceOf('main.tf', text), { text: () => null });
  const value = document.configuration.of('aws_x')[0]?.view.attribute('value') ?? null;
  return value?.kind === 'list' ? value.items.map(textOf).join(',') : textOf(value);
}

function rulesOf(files: Readonly<Record<string, string>>): { rule: string; place: string; message: string }[] {
  const text = Object.entries(files)
    .map(([path, content]) => `=== ${path}\n${content}`)
    .join('');
  return auditText(text).report.findings.map(({ rule, file, line, message }) => ({
    rule,
    place: `${file}:${line}`,
    message,
  }));
}

describe('the reader of Terraform', () => {
  it('works out expressions as Terraform does', () => {
    expect(
      effective('"a-${var.x}-${local.y}"', 'variable "x" {\n  default = 1\n}\nlocals {\n  y = upper("b")\n}'),
    ).toBe('a-1-B');
    expect(effective('1 + 2 * 3 == 7 && !false ? "yes" : "no"')).toBe('yes');
    expect(effective('[for k, v in { a = 1, b = 2 } : "${k}${v}" if v > 1]')).toBe('b2');
    expect(effective('merge({ a = 1 }, { a = 2 })["a"]')).toBe('2');
    expect(effective('lookup({ a = 1 }, "b", 5)')).toBe('5');
    expect(effective('try({ a = 1 }.b, coalesce(null, "", "c"))')).toBe('c');
    expect(effective('jsondecode(jsonencode({ a = ["x"] })).a[0]')).toBe('x');
    expect(effective('[{ a = 1 }, { a = 2 }][*].a')).toBe('1,2');
    expect(effective('format("%s:%d", join(",", ["a", "b"]), 3)')).toBe('a,b:3');
    expect(effective('<<-EOT\n    one\n      two\n    EOT\n')).toBe('one\n  two\n');
    expect(effective('"$${kept} \\u0041"')).toBe('${kept} A');
  });

  it('says nothing about what only a deployment can tell', () => {
    expect(effective('var.x', 'variable "x" {}')).toBeNull();
    expect(effective('aws_vpc.main.cidr_block')).toBeNull();
    expect(effective('cidrsubnet("10.0.0.0/8", 8, 1)')).toBeNull();
    expect(effective('var.x ? "a" : "b"', 'variable "x" {}')).toBeNull();
    expect(effective('var.x ? "a" : "a"', 'variable "x" {}')).toBe('a');
    expect(effective('local.a', 'locals {\n  a = local.b\n  b = local.a\n}')).toBeNull();
  });

  it('fills in optional attributes of a variable', () => {
    const variable =
      'variable "x" {\n  type    = object({ a = optional(string, "d"), b = string })\n  default = { b = "e" }\n}';
    expect(effective('"${var.x.a}${var.x.b}"', variable)).toBe('de');
  });

  it('binds a module to each of its callers, and points at the argument', () => {
    const module =
      'variable "open" {\n  default = false\n}\nresource "aws_db_instance" "db" {\n  publicly_accessible = var.open\n  storage_encrypted = true\n}\n';
    const main = 'module "a" {\n  source = "./db"\n  open   = true\n}\nmodule "b" {\n  source = "./db"\n}\n';
    const found = rulesOf({ 'main.tf': main, 'db/main.tf': module }).filter(({ rule }) =>
      rule.endsWith('publicly-accessible'),
    );
    expect(found).toEqual([
      {
        rule: 'audit/terraform-database-publicly-accessible',
        place: 'main.tf:3',
        message: expect.stringContaining('module.a.aws_db_instance.db'),
      },
    ]);
  });

  it('takes values from terraform.tfvars, and only from files that Terraform loads by itself', () => {
    const main =
      'variable "open" {\n  default = true\n}\nresource "aws_db_instance" "db" {\n  publicly_accessible = var.open\n}\n';
    const open = (files: Record<string, string>) =>
      rulesOf(files)
        .filter(({ rule }) => rule.endsWith('publicly-accessible'))
        .map(({ place }) => place);
    expect(open({ 'main.tf': main })).toEqual(['main.tf:2']);
    expect(open({ 'main.tf': main, 'terraform.tfvars': 'open = false\n' })).toEqual([]);
    expect(open({ 'main.tf': main, 'other.tfvars': 'open = false\n' })).toEqual(['main.tf:2']);
    expect(open({ 'main.tf': main, 'terraform.tfvars': 'open = false\n', 'z.auto.tfvars': 'open = true\n' })).toEqual([
      'z.auto.tfvars:1',
    ]);
  });

  it('reads a plan', () => {
    const plan = {
      format_version: '1.2',
      terraform_version: '1.9.0',
      planned_values: {
        root_module: {
          child_modules: [
            {
              resources: [
                {
                  address: 'module.m.aws_db_instance.db',
                  mode: 'managed',
                  type: 'aws_db_instance',
                  name: 'db',
                  values: { publicly_accessible: true },
                },
              ],
            },
          ],
        },
      },
    };
    const { report } = auditText(JSON.stringify(plan), { path: 'plan.json' });
    expect(report.findings.map(({ rule }) => rule)).toContain('audit/terraform-database-publicly-accessible');
  });

  it('recognises by content', () => {
    const tf = 'resource "aws_s3_bucket" "b" {\n}\n';
    expect(terraformFormat.recognises('main.tf', tf)).toBe(true);
    expect(terraformFormat.recognises('x', tf)).toBe(true);
    expect(terraformFormat.recognises('x', 'import tensorflow\n')).toBe(false);
    expect(terraformFormat.recognises('a.tf', 'not terraform at all\n')).toBe(false);
    expect(terraformFormat.recognises('notes.txt', `How to:\n${tf}`)).toBe(false);
    expect(terraformFormat.recognises('main.yml', `a: |\n  ${tf}`)).toBe(false);
    expect(terraformFormat.recognises('package.json', '{"resource": {}}')).toBe(false);
    expect(terraformFormat.recognises('job.nomad', 'job "a" {\n}\n')).toBe(false);
  });

  it('loses only the block that an error stands in', () => {
    const { body, troubles } = parseHcl('resource "a" "b" {\n  x = = 1\n}\nresource "c" "d" {\n  y = 2\n}\n');
    expect(troubles.map(({ reason }) => reason)).toEqual(['a value was expected']);
    expect(body.blocks.map(({ labels }) => labels[0]?.text)).toEqual(['c']);
  });

  it('bounds what hostile text costs', () => {
    const hostile = [
      `a = ${'['.repeat(200_000)}`,
      `a = ${'('.repeat(200_000)}`,
      `a = ${'!'.repeat(200_000)}true`,
      `a = ${'"${'.repeat(200_000)}`,
      `a = 1${' + 1'.repeat(200_000)}`,
      `a = b${'.c'.repeat(200_000)}`,
      `a = b${'[0]'.repeat(200_000)}`,
      `a = ${'x ? '.repeat(200_000)}`,
      `a = ${'f('.repeat(200_000)}`,
      'b {\n'.repeat(100_000),
      'resource "a" "b" {\n  x = <<EOT\n'.repeat(20_000),
      `a = "${'y'.repeat(4_000_000)}`,
      '/*'.repeat(200_000),
    ];
    for (const text of hostile) {
      const started = process.cpuUsage();
      expect(parseHcl(text).troubles.length, text.slice(0, 20)).toBeGreaterThan(0);
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1_000_000, text.slice(0, 20)).toBeLessThan(5);
    }
    expect(parseJson('['.repeat(200_000))).toEqual(expect.any(Number));
  });

  it('bounds what evaluation costs', () => {
    const lines = Array.from(
      { length: 40 },
      (_all, n) => `  l${n} = [for a in local.l${n + 1} : [for b in local.l${n + 1} : b]]`,
    );
    const text = `locals {\n${lines.join('\n')}\n  l40 = [${'1,'.repeat(400)}]\n}`;
    const started = process.cpuUsage();
    effective('local.l0', text);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000_000).toBeLessThan(10);
  });

  it('tells the stores, what stands before them and what they hold', () => {
    const text =
      'resource "aws_security_group" "db" {\n  ingress {\n    from_port   = 5432\n    to_port     = 5432\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\nresource "aws_db_instance" "db" {\n  engine                 = "postgres"\n  engine_version         = "16.3"\n  username               = "app"\n  publicly_accessible    = true\n  vpc_security_group_ids = [aws_security_group.db.id]\n}\nresource "aws_dynamodb_table" "t" {\n  name = "users"\n  attribute {\n    name = "email"\n    type = "S"\n  }\n}\n';
    const source = sourceOf('main.tf', text);
    const { document } = terraformFormat.read(source, { text: () => null });
    const facts = terraformFormat.facts?.({ format: 'terraform', source, document }, {} as never) ?? {};
    const [store] = facts.stores ?? [];
    expect(store).toMatchObject({
      name: 'aws_db_instance.db',
      engine: 'postgresql',
      version: '16.3',
      by: 'managed',
      listens: { port: 5432 },
      publicAddress: { state: true },
    });
    const door = facts.doors?.find(({ id }) => id === store?.behind[0]);
    expect(door?.lets(5432, 'host').state).toBe('open');
    expect(door?.lets(22, 'host').state).toBe('closed');
    expect(facts.accounts).toMatchObject([{ name: 'app', may: 'everything' }]);
    expect(facts.datasets).toMatchObject([{ name: 'users', fields: [{ name: 'email', type: 'S' }] }]);
    expect(numberOf(null)).toBeNull();
  });
});

describe('what the provider does', () => {
  const PIN = (name: string, version: string): string =>
    `terraform {\n  required_providers {\n    ${name} = { source = "hashicorp/${name}", version = "${version}" }\n  }\n}\n`;
  const told = (text: string): string[] => rulesOf({ 'main.tf': text }).map(({ rule }) => rule);

  it('depends on its version', () => {
    const cluster = 'resource "aws_redshift_cluster" "c" {\n  node_type = "ra3.large"\n}\n';
    const rule = 'audit/terraform-database-publicly-accessible';
    expect(told(PIN('aws', '~> 5.90') + cluster)).toContain(rule);
    expect(told(PIN('aws', '~> 6.0') + cluster)).not.toContain(rule);
    expect(told(cluster)).not.toContain(rule);
  });

  it('refuses a firewall without sources since 4.0, and takes an empty list for all', () => {
    const firewall = (more: string): string =>
      `resource "google_compute_firewall" "f" {\n  network = "n"\n${more}  allow {\n    protocol = "tcp"\n    ports    = ["5432"]\n  }\n}\n`;
    const rule = 'audit/terraform-store-port-open-to-internet';
    expect(told(firewall(''))).not.toContain(rule);
    expect(told(firewall('  source_ranges = []\n'))).toContain(rule);
    expect(told(PIN('google', '~> 3.5') + firewall(''))).toContain(rule);
  });

  it('asks the rules of Azure by their priority', () => {
    const rule = (access: string, priority: number, port: string): string =>
      `  security_rule {\n    access                 = "${access}"\n    direction              = "Inbound"\n    protocol               = "*"\n    priority               = ${priority}\n    source_address_prefix  = "*"\n    destination_port_range = "${port}"\n  }\n`;
    const group = (...rules: string[]): string =>
      `resource "azurerm_network_security_group" "g" {\n${rules.join('')}}\n`;
    const open = 'audit/terraform-store-port-open-to-internet';
    expect(told(group(rule('Deny', 100, '*'), rule('Allow', 200, '5432')))).not.toContain(open);
    expect(told(group(rule('Deny', 300, '*'), rule('Allow', 200, '5432')))).toContain(open);
    expect(told(group(rule('Deny', 100, '22'), rule('Allow', 200, '5432')))).toContain(open);
  });

  it('takes less of passwords in examples and tests', () => {
    const text = 'resource "aws_db_instance" "d" {\n  password = "changeit-example"\n}\n';
    const severities = auditText(`=== test/fixtures/main.tf\n${text}=== live/main.tf\n${text}`)
      .report.findings.filter(({ rule }) => rule === 'audit/terraform-literal-password')
      .map(({ file, severity }) => `${file} ${severity}`);
    expect(severities).toContain('test/fixtures/main.tf low');
    expect(severities.some((one) => one.startsWith('live/main.tf') && !one.endsWith('low'))).toBe(true);
  });
});
