import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { OpenApiDocument } from '../../guard/describe/index.ts';
import type { Io } from '../io.ts';
import { print, writeResult } from '../output.ts';
import { loadNamedPolicy } from './load.ts';

interface DescribeFlags {
  apiVersion?: string;
  server?: string;
  output: string;
}

interface ClientFlags extends DescribeFlags {
  language: string;
  generator?: string;
}

/** Generators of the standard OpenAPI generator, by language. */
const GENERATORS = new Map([
  ['typescript', 'typescript-fetch'],
  ['kotlin', 'kotlin'],
  ['swift', 'swift6'],
]);

export function guardApi(command: Command, io: Io, exit: (code: number) => void): void {
  const api = command
    .command('api')
    .description('the description of the APIs that a policy declares')
    .addHelpText(
      'after',
      `
Examples:
  $ postern guard api openapi --output openapi.json     the OpenAPI 3.1 document
  $ postern guard api page --output api.html            a reference page: one file, without scripts
  $ postern guard api client --language kotlin --generator openapi-generator-cli.jar --output client`,
    );

  described(api.command('openapi').description('write the OpenAPI 3.1 document of the declared resources'), '-').action(
    async (file: string, flags: DescribeFlags) => {
      const document = await documentOf(io, file, flags);
      await give(io, flags.output, `${JSON.stringify(document, null, 2)}\n`);
      exit(0);
    },
  );

  described(api.command('page').description('write a reference page of the declared resources'), '-').action(
    async (file: string, flags: DescribeFlags) => {
      const document = await documentOf(io, file, flags);
      const { renderPage } = await import('../../guard/describe/index.ts');
      await give(io, flags.output, renderPage(document));
      exit(0);
    },
  );

  described(api.command('client').description('generate a client with the OpenAPI generator'), 'client')
    .requiredOption('--language <name>', [...GENERATORS.keys()].join(', '))
    .option('--generator <jar>', 'the jar of openapi-generator-cli, 7.0 or newer')
    .addHelpText(
      'after',
      `
The generator is a Java program of the OpenAPI Tools project (org.openapitools:openapi-generator-cli on Maven Central). It is
run with the document of this policy and reaches nothing.
Example:
  $ postern guard api client --language typescript --generator openapi-generator-cli-7.25.0.jar --output src/api`,
    )
    .action(async (file: string, flags: ClientFlags) => {
      await generate(io, file, flags);
      exit(0);
    });
}

function described(command: Command, output: string): Command {
  return command
    .argument('[policy]', 'the policy file', 'guard.yaml')
    .option('--api-version <version>', 'first segment of the paths, e.g. v1; needed where there are several')
    .option('--server <origin>', 'where clients reach the gateway, e.g. https://shop.example.org')
    .option('--output <path>', output === '-' ? 'file to write; - for stdout' : 'folder to write', output);
}

/** @throws PosternError `E_USAGE`, `E_INPUT_UNSUPPORTED` and those of the policy */
async function documentOf(io: Io, file: string, { apiVersion, server }: DescribeFlags): Promise<OpenApiDocument> {
  if (server !== undefined && !isOrigin(server)) {
    throw new PosternError('E_USAGE', `--server ${server}: expected scheme, host and port alone`, {
      hint: 'For example --server https://shop.example.org',
    });
  }
  const [policy, { describeApi, schemesOf, versionsOf }] = await Promise.all([
    loadNamedPolicy(io, file),
    import('../../guard/describe/index.ts'),
  ]);
  const versions = policy.api === null ? [] : versionsOf(policy.api);
  const version = apiVersion ?? (versions.length === 1 ? versions[0] : undefined);
  if (policy.api === null || versions.length === 0) {
    throw new PosternError('E_INPUT_UNSUPPORTED', `${file} declares no resources`, {
      hint: 'Declare them under `resources`, or have them proposed: postern guard init --mapping mapping.json --resources',
    });
  }
  if (version === undefined || !versions.includes(version)) {
    throw new PosternError('E_USAGE', 'which version of the API?', {
      hint: `Name one with --api-version: ${versions.join(', ')}.`,
    });
  }
  return describeApi(policy.api, version, {
    schemes: schemesOf(policy.identity),
    ...(server !== undefined && { server: new URL(server).origin }),
  });
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^/?#@\s]+\/?$/i.test(text)) return false;
  return URL.canParse(text);
}

async function give(io: Io, output: string, text: string): Promise<void> {
  if (output === '-') await print(io, text);
  else {
    writeResult(resolve(io.cwd, output), text);
    io.stderr.write(`${output} is written.\n`);
  }
}

/** Runs the generator: a program of the operator's, by its arguments alone, without a shell. */
async function generate(io: Io, file: string, flags: ClientFlags): Promise<void> {
  const generator = GENERATORS.get(flags.language);
  if (generator === undefined) {
    throw new PosternError('E_USAGE', `--language ${flags.language}: there is no such client`, {
      hint: `Use one of ${[...GENERATORS.keys()].join(', ')}.`,
    });
  }
  if (flags.output === '-') {
    throw new PosternError('E_USAGE', 'a client is a folder: name one with --output');
  }
  const document = await documentOf(io, file, flags);
  const jar = flags.generator === undefined ? undefined : resolve(io.cwd, flags.generator);
  if (jar === undefined || !existsSync(jar)) {
    const what =
      flags.generator === undefined ? 'a client needs the OpenAPI generator' : `there is no ${flags.generator}`;
    throw new PosternError('E_INPUT_NOT_FOUND', what, {
      hint: `Get its jar (mvn dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=.) and name it with --generator; or give the document of \`postern guard api openapi\` to any generator for OpenAPI 3.1, as ${generator}.`,
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'postern-api-'));
  try {
    const input = join(folder, 'openapi.json');
    writeFileSync(input, JSON.stringify(document));
    const output = resolve(io.cwd, flags.output);
    await runJava(['-jar', jar, 'generate', '-i', input, '-g', generator, '-o', output]);
    io.stderr.write(`${flags.output} holds a client for ${flags.language}.\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const MAX_SAID = 65_536;

/** @throws PosternError `E_INPUT_NOT_FOUND` without Java, `E_OUTPUT` with the generator's last words */
function runJava(args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        said = (said + text).slice(-MAX_SAID);
      });
    }
    child.on('error', (cause) =>
      fail(
        new PosternError('E_INPUT_NOT_FOUND', 'the generator needs Java, and there is no `java`', {
          cause,
          hint: 'Install a Java runtime, 11 or newer.',
        }),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new PosternError('E_OUTPUT', `the generator ended with ${code ?? 'a signal'}: ${lastLine(said)}`));
    });
  });
}

/** For people, and for a terminal: one line without anything that it obeys. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'it said nothing').replace(/[^\x20-\x7e]/g, ' ').slice(0, 500);
}
