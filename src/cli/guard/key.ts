import { resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { collect, print } from '../output.ts';

export function guardKey(command: Command, io: Io, exit: (code: number) => void): void {
  const key = command
    .command('key')
    .description('API keys of the gateway')
    .addHelpText('after', '\nExample:\n  $ postern guard key new --file secrets/api-keys.json --role service');
  key
    .command('new')
    .description('make an API key: its secret is shown once, its hash is kept')
    .requiredOption('--file <file>', 'the key file of the policy; made with mode 0600 where there is none')
    .option('--id <id>', 'a name for it (default: random)')
    .option('--role <name>', 'a role that it has; may be repeated', collect, [])
    .option('--expires <date>', 'when it ends, e.g. 2027-01-31')
    .addHelpText(
      'after',
      `
Clients send \`Authorization: ApiKey ENCODED\`, as Elasticsearch's own clients do with \`auth: { apiKey: ENCODED }\`.

Example:
  $ postern guard key new --file secrets/api-keys.json --role service --expires 2027-01-31`,
    )
    .action(async (options: { file: string; id?: string; role: string[]; expires?: string }) => {
      const expires = options.expires === undefined ? undefined : new Date(options.expires);
      if (expires !== undefined && Number.isNaN(expires.getTime())) {
        throw new PosternError('E_USAGE', `--expires ${options.expires}: that is no date`);
      }
      const { addApiKey, createApiKey } = await import('../../guard/authn/index.ts');
      const made = createApiKey({
        ...(options.id !== undefined && { id: options.id }),
        ...(options.role.length > 0 && { roles: options.role }),
        ...(expires && { expires }),
      });
      await addApiKey(resolve(io.cwd, options.file), made.entry);
      io.stderr.write('The secret is shown this once; only its hash is kept.\n');
      await print(io, `id       ${made.id}\nencoded  ${made.encoded}`);
      exit(0);
    });
}
