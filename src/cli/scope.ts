import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import { plain, plainLines } from '../report/untrusted.ts';
import type { Io } from './io.ts';
import { findConfig, redactionKey } from './project.ts';
import { openScope } from './scope-of.ts';

export function scope(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('scope')
    .description('what this project authorizes: check it, or sign a statement')
    .addHelpText(
      'after',
      `
Examples:
  $ postern scope check                          which targets are authorized, and what is missing for the others
  $ postern scope sign search.example.com 203.0.113.7 --expires 2027-01-31 > scope.json
  $ postern scope verify scope.json
  $ postern scope propose app.apk                the app’s managed back ends, as entries for you to take over
  $ postern scope key                            the public key to list under \`trust\``,
    );
  command
    .command('check')
    .addHelpText('after', '\nExample:\n  $ postern scope check')
    .description('confirm the authority of every target; contacts nothing but DNS')
    .option('--config <file>', 'postern.yaml to use')
    .action(async (options: { config?: string }) => {
      const config = await findConfig(io, options.config);
      if (!config) throw new PosternError('E_CONFIG_NOT_FOUND', 'no postern.yaml here or above');
      const opened = await openScope(config, []);
      for (const target of opened.targets) {
        io.stdout.write(`ok    ${target.host}  ${target.authority.kind}  ${target.allowed.join(', ')}\n`);
      }
      for (const { host, error } of opened.refused) {
        io.stdout.write(`fail  ${host}  ${plain(error.message)}\n      ${plain(error.hint)}\n`);
      }
      if (opened.targets.length + opened.refused.length === 0) io.stdout.write('no targets in postern.yaml\n');
      else io.stdout.write(`scope ${opened.hash}\n`);
      exit(opened.refused.length > 0 ? 2 : 0);
    });
  command
    .command('sign')
    .addHelpText(
      'after',
      '\nExample:\n  $ postern scope sign search.example.com 203.0.113.7 --expires 2027-01-31 > scope.json',
    )
    .description('print a statement that authorizes a host with its addresses, signed with this project’s key')
    .argument('<host>', 'the name')
    .argument('<address...>', 'addresses or CIDR ranges it may resolve to')
    .requiredOption('--expires <date>', 'YYYY-MM-DD')
    .option('--issuer <name>', 'who authorizes this, for people to read (default: the project)')
    .option('--config <file>', 'postern.yaml whose signing key is used')
    .action(
      async (host: string, addresses: string[], options: { expires: string; issuer?: string; config?: string }) => {
        const { loadOrCreateSigningKey, signStatement, STATEMENT_SCHEMA } = await import('../crypto/index.ts');
        const expires = new Date(`${options.expires}T23:59:59Z`);
        if (!/^\d{4}-\d{2}-\d{2}$/.test(options.expires) || Number.isNaN(expires.getTime())) {
          throw new PosternError('E_USAGE', `--expires ${options.expires}: not a date`, {
            hint: 'Write it as YYYY-MM-DD.',
          });
        }
        if (expires.getTime() < Date.now()) {
          throw new PosternError('E_USAGE', `--expires ${options.expires}: that day is over`, {
            hint: 'A statement authorizes until the end of a day to come.',
          });
        }
        const { parseNetwork } = await import('../net/index.ts');
        const odd = addresses.find((address) => parseNetwork(address) === undefined);
        if (odd !== undefined) {
          throw new PosternError('E_USAGE', `${plain(odd)} is neither an address nor a CIDR range`, {
            hint: 'Write the addresses that the name may resolve to, for example 203.0.113.7 or 203.0.113.0/28.',
          });
        }
        const config = await findConfig(io, options.config);
        const key = await loadOrCreateSigningKey(signingKeyPath(io, config));
        const statement = signStatement(
          {
            schema: STATEMENT_SCHEMA,
            issuer: options.issuer ?? config?.project ?? 'postern scope sign',
            issuedAt: new Date().toISOString(),
            expires: expires.toISOString(),
            targets: [{ host, addresses }],
          },
          key,
        );
        io.stdout.write(`${JSON.stringify(statement, null, 2)}\n`);
        exit(0);
      },
    );
  command
    .command('verify')
    .addHelpText('after', '\nExample:\n  $ postern scope verify scope.json')
    .description('check a statement against the pinned keys')
    .argument('<file>')
    .option('--config <file>', 'postern.yaml with the pinned keys')
    .action(async (file: string, options: { config?: string }) => {
      const { verifyStatement } = await import('../crypto/index.ts');
      const config = await findConfig(io, options.config);
      const text = await readFile(resolve(io.cwd, file), 'utf8').catch((cause: unknown) => {
        throw new PosternError('E_INPUT_NOT_FOUND', `${file} cannot be read`, { cause });
      });
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch (cause) {
        throw new PosternError('E_AUTHORITY', `${file} is not JSON`, { cause });
      }
      const body = verifyStatement(parsed, config?.trust ?? [], new Date());
      for (const target of body.targets)
        io.stdout.write(`ok    ${plain(`${target.host}  ${target.addresses.join(', ')}`)}  until ${body.expires}\n`);
      exit(0);
    });
  command
    .command('propose')
    .addHelpText('after', '\nExample:\n  $ postern scope propose app-release.apk')
    .description('print the managed back ends of a package as targets; those that are yours are for you to take over')
    .argument('<package>', 'APK, APKS, AAB or IPA')
    .action(async (file: string) => {
      const [{ inspectPackage }, { proposedTargets, targetsYaml }] = await Promise.all([
        import('../inspect/index.ts'),
        import('../check/scope-proposals.ts'),
      ]);
      const key = await redactionKey(await findConfig(io, undefined));
      // Values are needed for what is public by design; nothing else of them is looked at or shown.
      const report = await inspectPackage(resolve(io.cwd, file), {
        name: file,
        redactionKey: key,
        revealSecrets: true,
      });
      const targets = proposedTargets(report);
      if (targets.length === 0) {
        io.stderr.write(`${plain(file)} names no managed back end that can be asked by its public identifiers\n`);
        exit(0);
        return;
      }
      io.stdout.write(
        `# Found in ${plain(file)}. Take over only what is yours: an app may use the projects of others.\ntargets:\n`,
      );
      io.stdout.write(`${plainLines(targetsYaml(targets))}\n`);
      exit(0);
    });
  command
    .command('key')
    .addHelpText('after', '\nExample:\n  $ postern scope key')
    .description('print the public half of this project’s signing key')
    .option('--config <file>', 'postern.yaml whose key is used')
    .action(async (options: { config?: string }) => {
      const { loadOrCreateSigningKey } = await import('../crypto/index.ts');
      const key = await loadOrCreateSigningKey(signingKeyPath(io, await findConfig(io, options.config)));
      io.stdout.write(`${key.publicKey}\n`);
      exit(0);
    });
}

function signingKeyPath(io: Io, config: LoadedConfig | undefined): string {
  return config?.keys.signing ?? resolve(io.cwd, '.postern/signing.key');
}
