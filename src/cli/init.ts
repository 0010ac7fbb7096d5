import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../core/errors.ts';
import { type Detected, detect } from './detect.ts';
import type { Io } from './io.ts';
import { writeResult } from './output.ts';

interface InitOptions {
  force: boolean;
  yes: boolean;
}

interface Answers extends Detected {
  project: string;
  vantage: string;
  hosts: { host: string; addresses: string[] }[];
}

export function init(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('init')
    .description('write a commented postern.yaml for this project')
    .argument('[folder]', 'the project folder', '.')
    .option('--yes', 'ask nothing; write what was detected', false)
    .option('--force', 'replace a postern.yaml that is there', false)
    .addHelpText(
      'after',
      `
Examples:
  $ postern init             asks what it cannot detect
  $ postern init --yes       for scripts: packages, compose files and configuration are detected`,
    )
    .action(async (folder: string, options: InitOptions) => {
      const root = resolve(io.cwd, folder);
      if (!existsSync(root)) throw new PosternError('E_INPUT_NOT_FOUND', `${root} does not exist`);
      const file = resolve(root, 'postern.yaml');
      if (existsSync(file) && !options.force) {
        throw new PosternError('E_USAGE', `${file} is there already`, { hint: 'Edit it, or replace it with --force.' });
      }
      const found = detect(root);
      const defaults: Answers = { ...found, project: projectName(root), vantage: 'here', hosts: [] };
      const answers = options.yes || io.stdin.isTTY !== true ? defaults : await ask(defaults);
      writeResult(file, render(answers));
      io.stderr.write(`Wrote ${file}\n`);
      io.stderr.write(`  packages: ${answers.packages.join(', ') || 'none found'}\n`);
      io.stderr.write(`  configuration: ${answers.configuration.join(', ') || 'none found'}\n`);
      io.stderr.write(
        answers.hosts.length > 0
          ? 'Next: confirm the authority for each target (see the comments), then `postern check`.\n'
          : 'Next: `postern check` proposes the back ends it finds; add those that are yours to `targets`.\n',
      );
      exit(0);
    });
}

async function ask(defaults: Answers): Promise<Answers> {
  const { input } = await import('@inquirer/prompts');
  const list = (text: string) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const project = await input({ message: 'Project name', default: defaults.project });
  const packages = list(await input({ message: 'App packages (globs, comma)', default: defaults.packages.join(', ') }));
  const configuration = list(
    await input({ message: 'Configuration folders (comma)', default: defaults.configuration.join(', ') }),
  );
  const vantage = await input({ message: 'Where do you probe from (office, outside, …)', default: defaults.vantage });
  const hosts: Answers['hosts'] = [];
  for (;;) {
    const host = await input({ message: 'Host of yours that may be probed (empty: no more)', default: '' });
    if (host === '') break;
    hosts.push({
      host,
      addresses: list(await input({ message: `  Addresses that ${host} may resolve to (CIDR, comma)` })),
    });
  }
  return { project, packages, configuration, vantage, hosts };
}

function projectName(root: string): string {
  return (
    basename(root)
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'project'
  );
}

function render(answers: Answers): string {
  const text = (value: string) => JSON.stringify(value);
  const list = (values: readonly string[], hint: string) =>
    values.length === 0 ? ` []   # ${hint}` : values.map((value) => `\n  - ${text(value)}`).join('');
  const targets = answers.hosts.map(
    ({ host, addresses }) => `
  - host: ${text(host)}
    addresses: [${addresses.map(text).join(', ')}]
    authority: ${addresses.every((a) => /^(?:127\.|::1$)/.test(a)) && addresses.length > 0 ? 'loopback' : 'dns-txt'}`,
  );
  return `# yaml-language-server: $schema=./node_modules/postern/schema/postern-config.json
# What Postern checks and what it may contact. Paths are relative to this file.
version: 1
project: ${text(answers.project)}

# Name of the place that probes are sent from; reports and receipts carry it.
vantage: ${text(answers.vantage)}

# App packages to inspect: APK, IPA and bundles of them; globs are allowed.
packages:${list(answers.packages, "for example ['app/build/outputs/**/*.apk']")}

# Files and folders whose configuration is audited: compose files, elasticsearch.yml, redis.conf, pg_hba.conf, …
configuration:${list(answers.configuration, "for example ['deploy']")}

# What may be contacted, and nothing else. A name needs the addresses it may resolve to and an authority for them:
#   loopback                       this machine
#   dns-txt                        a TXT record under the name confirms the addresses (\`postern scope check\` prints it)
#   { statement: scope.json }      a statement signed by a key listed in \`trust\` (\`postern scope sign\`)
#   { provider: firebase, project: my-project }   a managed service, by the provider's own id
targets:${
    targets.length > 0
      ? targets.join('')
      : ` []
#  - host: search.example.com
#    addresses: ['203.0.113.7', '2001:db8::/64']
#    authority: dns-txt
#    buckets: [avatars]           # on an S3-compatible store: buckets to ask for by name
#    controls:                    # how \`verify\` sees that the service is alive although strangers are shut out
#      - service: elasticsearch
#        port: 9200
#        username: postern-control
#        passwordEnv: POSTERN_ES_PASSWORD
#    guardedBy:                   # a gateway in front of this store (\`postern guard\`): \`verify\` asks there, too
#      url: https://search.example.com:9443
#      index: orders              # the one index that the signed-in control may read
#      tokenFile: secrets/control-token   # or tokenEnv, apiKeyFile, apiKeyEnv
#      policy: guard.yaml         # so that roles that are only watched are told`
  }

# Files that Postern makes on first use (mode 0600); keep them out of version control.
keys:
  redaction: .postern/redaction.key
  signing: .postern/signing.key

# Public keys (Ed25519, base64url) whose receipts and scope statements are believed.
trust: []

# Accepted findings, each with a statement and an expiry date.
ignore: .postern-ignore.yaml

# Exit with 1 at this severity or above: critical, high, medium, low, info, never.
failOn: high
`;
}
