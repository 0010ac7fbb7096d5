import type { Command } from 'commander';
import { ERROR_CODES, PosternError } from '../core/errors.ts';
import { RUNTIMES, type Rule } from '../core/rule.ts';
import { controlsOf } from '../core/topics.ts';
import { type Io, widthOf } from './io.ts';
import { allRules } from './rules.ts';

export function explain(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('explain')
    .description('what a rule or an error code means, and how to fix it')
    .argument(
      '[rule]',
      'rule id, an alias of one, a part of an id, an error code, or a detector of classify; none: list all rules',
    )
    .option('--format <format>', 'text, json', 'text')
    .addHelpText(
      'after',
      `
Examples:
  $ postern explain audit/elasticsearch-security-disabled
  $ postern explain pg_hba                 every rule with that in its id
  $ postern explain E_SCOPE                an error code
  $ postern explain payment/card-number    what classify looks at`,
    )
    .action(async (name: string | undefined, options: { format: string }) => {
      if (name !== undefined && name in ERROR_CODES) {
        io.stdout.write(`${name}\n  ${ERROR_CODES[name as keyof typeof ERROR_CODES]}\n`);
        return exit(0);
      }
      if (name?.includes('/') && (await explainedDetector(name, options.format, io))) return exit(0);
      const rules = await allRules();
      const found = name === undefined ? rules : select(rules, name);
      if (found.length === 0) {
        throw new PosternError('E_USAGE', `no rule is called "${name}"`, {
          hint: 'List all rules with `postern explain`.',
        });
      }
      if (options.format === 'json') io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
      else if (found.length === 1 && found[0]) io.stdout.write(`${await page(found[0], widthOf(io))}\n`);
      else io.stdout.write(`${found.map(line).join('\n')}\n`);
      exit(0);
    });
}

/** @returns whether there is a detector of that id */
async function explainedDetector(name: string, format: string, io: Io): Promise<boolean> {
  const { explainDetector } = await import('../classify/index.ts');
  const found = explainDetector(name);
  if (found === undefined) return false;
  const { default: wrap } = await import('wrap-ansi');
  const paragraphs = found.paragraphs.map((text) => wrap(text, Math.min(widthOf(io), 100) - 2).replace(/^/gm, '  '));
  const text = format === 'json' ? JSON.stringify(found, null, 2) : [found.title, ...paragraphs].join('\n\n');
  io.stdout.write(`${text}\n`);
  return true;
}

function select(rules: readonly Rule[], name: string): Rule[] {
  const exact = rules.filter((rule) => rule.id === name || rule.aliases?.includes(name));
  return exact.length > 0 ? exact : rules.filter((rule) => rule.id.includes(name.toLowerCase()));
}

function line(rule: Rule): string {
  return `${rule.severity.padEnd(9)} ${rule.owner.padEnd(10)} ${rule.id.padEnd(52)} ${rule.title}`;
}

async function page(rule: Rule, width: number): Promise<string> {
  const { default: wrap } = await import('wrap-ansi');
  const columns = Math.min(width, 100);
  const paragraph = (text: string) => wrap(text, columns - 2).replace(/^/gm, '  ');
  return [
    `${rule.id} – ${rule.title}`,
    `  severity ${rule.severity}, fixed by: ${rule.owner}${rule.cwe.length > 0 ? `, ${rule.cwe.join(', ')}` : ''}${rule.experimental ? ', experimental' : ''}`,
    ...(rule.aliases?.length ? [`  also known as ${rule.aliases.join(', ')}`] : []),
    '',
    'What is wrong',
    paragraph(rule.description),
    '',
    ...(rule.guidance?.attack === undefined
      ? []
      : ['What a stranger does with it', paragraph(rule.guidance.attack), '']),
    'What to do',
    paragraph(rule.remediation),
    ...RUNTIMES.flatMap((runtime) => {
      const text = rule.guidance?.fixes?.[runtime];
      return text === undefined ? [] : [paragraph(`${runtime}: ${text}`)];
    }),
    ...(rule.guidance?.check ? ['', 'How to see that it is fixed', paragraph(rule.guidance.check)] : []),
    ...(rule.examples.bad.length > 0
      ? ['', 'Raises it', ...rule.examples.bad.slice(0, 2).map((x) => x.replace(/^/gm, '  | '))]
      : []),
    ...(rule.examples.good.length > 0
      ? ['', 'Does not', ...rule.examples.good.slice(0, 2).map((x) => x.replace(/^/gm, '  | '))]
      : []),
    '',
    ...(rule.topic === undefined ? [] : ['Standards', paragraph(controlsOf(rule.topic).join(', ')), '']),
    ...(rule.verified === undefined ? [] : ['How it is known', paragraph(rule.verified.how), '']),
    'References',
    ...rule.references.map((url) => `  ${url}`),
  ].join('\n');
}
