/** Generated documents before judges of their own: HashiCorp's HCL parser and the schema of Kubernetes. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { generateFirewall, type ReachModel } from '../../src/firewall/index.ts';
import { type HclBlock, parseHcl } from '../../src/firewall/readers/terraform/hcl.ts';
import { Unknown, type Value } from '../../src/firewall/readers/terraform/model.ts';

const FOLDER = new URL('../../.cache/servers/firewall/', import.meta.url).pathname;
const HCL: string = ['@cdktn', 'hcl2json'].join('/');
const require = createRequire(join(FOLDER, 'package.json'));

const MODEL: ReachModel = {
  reach: [
    {
      service: 'elasticsearch',
      port: 9200,
      protocol: 'tcp',
      from: [
        { name: 'api', cidrs: ['10.1.0.0/16', 'fd00:1::/64'] },
        { name: 'worker', cidrs: [] },
      ],
    },
    { service: 'redis', port: 6379, protocol: 'tcp', from: [] },
    { service: 'syslog', port: 514, protocol: 'udp', from: [{ name: 'hosts', cidrs: ['10.0.0.0/8'] }] },
  ],
  publicPorts: [80, 443],
};

function available(): boolean {
  if (existsSync(join(FOLDER, 'node_modules/kubernetes-models'))) return true;
  const message = 'the packages are not installed (bash test/servers/install.sh firewall_packages)';
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(message);
  console.warn(`SKIPPED firewall tests: ${message}`);
  return false;
}

/** Written for the reader: what HCL allows and security groups hold. */
const HARD = `
/* a comment
   of two lines */
variable "office" { type = list(string) }
resource "aws_security_group" "db" { // beside
  name        = "db-\${var.stage}" # "quoted"
  description = "say \\"no\\"\\n$\${literal} %%{literal}"
  tags = { Name = "db", "with space" : "x", count = 3 }
  text = <<-EOT
    ingress { }
    EOT
  ingress {
    from_port   = 9200
    to_port     = 9200 + 1
    protocol    = "tcp"
    cidr_blocks = concat(["10.0.0.0/8"], var.office)
    self        = true
    ipv6_cidr_blocks = [
      "::/0", # everybody
      var.more,
    ]
  }
  ingress {
    from_port   = -1
    to_port     = var.open ? 1 : 2
    protocol    = lower("ICMP")
    cidr_blocks = [for c in var.office : c if c != ""]
    prefix_list_ids = null
  }
  lifecycle { create_before_destroy = true }
}
`;

/** The shape that HashiCorp's tool gives: blocks as lists, expressions as \`\${…}\`. */
function shapeOf(blocks: readonly HclBlock[]): unknown {
  const resources: Record<string, Record<string, unknown>> = {};
  for (const { type, labels, values } of blocks) {
    if (type !== 'resource') continue;
    const [kind = '', name = ''] = labels;
    resources[kind] = { ...resources[kind], [name]: [plain(values)] };
  }
  return resources;
}

function plain(value: Value): unknown {
  if (value instanceof Unknown) return 'EXPRESSION';
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Templates and expressions are one thing to us. */
function theirs(value: unknown): unknown {
  if (typeof value === 'string')
    return /(?<![$%])[$%]\{/.test(value) ? 'EXPRESSION' : value.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{');
  if (Array.isArray(value)) return value.map(theirs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, theirs(inner)]));
}

describe.skipIf(!available())('generated documents', () => {
  const hcl = async (text: string): Promise<{ resource: unknown }> => {
    const { parse } = await import(pathToFileURL(require.resolve(HCL)).href);
    return parse('main.tf', text);
  };

  it.each(['aws', 'gcp', 'azure'] as const)(
    'are Terraform that HashiCorp’s parser reads as ours does: %s',
    async (format) => {
      const text = generateFirewall(format, MODEL);
      expect(theirs((await hcl(text)).resource)).toEqual(shapeOf(parseHcl(text)));
    },
  );

  it('and hard HCL is read alike, but for a heredoc, which stays unknown', async () => {
    const expected = JSON.parse(JSON.stringify(theirs((await hcl(HARD)).resource)));
    expected.aws_security_group.db[0].text = 'EXPRESSION';
    expect(shapeOf(parseHcl(HARD))).toEqual(expected);
  });

  it('are network policies that Kubernetes accepts', async () => {
    const { NetworkPolicy } = await import(
      join(FOLDER, 'node_modules/kubernetes-models/networking.k8s.io/v1/index.js')
    );
    const documents = parseAllDocuments(generateFirewall('networkpolicy', MODEL)).map((one) => one.toJS());
    expect(documents).toHaveLength(3);
    for (const document of documents) new NetworkPolicy(document).validate();
    expect(() => new NetworkPolicy({ ...documents[0], spec: { podSelector: 1 } }).validate()).toThrow();
    expect(documents[0].spec).toEqual({
      podSelector: { matchLabels: { app: 'elasticsearch' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: { matchLabels: { app: 'worker' } } },
            { ipBlock: { cidr: '10.1.0.0/16' } },
            { ipBlock: { cidr: 'fd00:1::/64' } },
          ],
          ports: [{ protocol: 'TCP', port: 9200 }],
        },
      ],
    });
    expect(documents[1].spec.ingress).toEqual([]);
  });
});
