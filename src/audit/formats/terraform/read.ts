/**
 * Terraform: `.tf` and `.tofu` (HCL), `.tf.json`, `.tfvars`, and plans (`terraform show -json`).
 *
 * A file is read by itself; `assemble` joins the files of a folder to a module and binds modules in the tree to their
 * callers, so that one file – the `main.tf` of a folder that nobody calls – stands for all below it.
 *
 * The parser is our own: measured on 4,576 files it takes 0.2 s, the grammar of tree-sitter (WebAssembly) with a walk over
 * its nodes 4.5 s; its stack is bounded, and an error costs one block.
 */
import type { Assembly, Format, ReadFile } from '../../model.ts';
import type { Source } from '../../source.ts';
import { Configuration, configurationsOf } from './configuration.ts';
import { taskContainersOf } from './containers.ts';
import { factsOf } from './facts.ts';
import { folderOf, isTfvars, type TerraformFile } from './folder.ts';
import { parseHcl } from './hcl.ts';
import { parseTerraformJson } from './json-file.ts';
import { isPlan, parsePlan } from './plan.ts';
import { settingsOf } from './settings.ts';
import type { Parsed } from './syntax.ts';

export interface TerraformDocument {
  /** False when a file could not be read whole: then absence proves nothing. */
  complete: boolean;
  file: TerraformFile;
  /** What the file, or the module it stands for, comes to. */
  readonly configuration: Configuration;
}

const HEAD = 262_144;
const NATIVE = /\.(?:tf|tofu)$/;
const JSON_NAME = /\.(?:tf|tofu)\.json$/;
const BLOCK =
  /^[ \t]*(?:resource[ \t]+"?[\w-]+"?[ \t]+"?[\w-]+"?|data[ \t]+"?[\w-]+"?[ \t]+"?[\w-]+"?|(?:variable|module|output|provider)[ \t]+"?[\w-]+"?|locals|terraform)[ \t]*\{/m;
/** In a file of another name, what no other language writes: a resource of a provider, at the margin. */
const RESOURCE = /^(?:resource|data)[ \t]+"[a-z][a-z0-9]*_\w+"[ \t]+"[\w-]+"[ \t]*\{/m;
const SETTING = /^[ \t]*"?[\w-]+"?[ \t]*[=:]/m;
const BLOCK_KEY = /"(?:resource|data|variable|locals|module|provider|output|terraform)"\s*:\s*[{[]/;
/** The first thing in a text that is no comment and no blank line. */
const FIRST = /^(?:\s|#[^\n]*\n|\/\/[^\n]*\n)*(?:resource|data|variable|locals|module|output|provider|terraform)\b/;

function recognises(path: string, text: string): boolean {
  const head = text.length > HEAD ? text.slice(0, HEAD) : text;
  if (NATIVE.test(path)) return BLOCK.test(head);
  if (JSON_NAME.test(path)) return BLOCK_KEY.test(head);
  if (isTfvars(path)) return SETTING.test(head);
  if (/^\s*\{/.test(head)) return isPlan(text);
  return (
    !/\.(?:ya?ml|json|toml|ini|hcl|nomad|rules)$/.test(path) && FIRST.test(head.slice(0, 20_000)) && RESOURCE.test(head)
  );
}

function parse({ path, text }: Source): Parsed {
  if (JSON_NAME.test(path)) return parseTerraformJson(text, false);
  if (/\.tfvars\.json$/.test(path)) return parseTerraformJson(text, true);
  if (/^\s*\{/.test(text)) return isPlan(text) ? parsePlan(text) : parseTerraformJson(text, false);
  return parseHcl(text);
}

class ReadDocument implements TerraformDocument {
  readonly complete: boolean;
  readonly file: TerraformFile;
  #configuration: Configuration | null;

  constructor(file: TerraformFile, configuration: Configuration | null) {
    this.file = file;
    this.complete = configuration?.complete ?? file.parsed.troubles.length === 0;
    this.#configuration = configuration;
  }

  get configuration(): Configuration {
    this.#configuration ??= alone(this.file);
    return this.#configuration;
  }
}

function alone(file: TerraformFile): Configuration {
  const folder = folderOf('', [file]);
  return new Configuration(folder, new Map([['', folder]]));
}

function assemble(files: readonly ReadFile<'terraform'>[]): Assembly<'terraform'> {
  const plans = files.filter(
    ({ source }) => /^\s*\{/.test(source.text) && !JSON_NAME.test(source.path) && isPlan(source.text),
  );
  const others = files.filter((file) => !plans.includes(file)).map(({ document }) => document.file);
  const roots = configurationsOf(others).map(({ source, configuration }): ReadFile<'terraform'> => {
    const file = others.find((one) => one.source === source) ?? {
      source,
      parsed: { body: { settings: new Map(), blocks: [] }, troubles: [] },
    };
    return { format: 'terraform', source, document: new ReadDocument(file, configuration) };
  });
  return { files: [...plans, ...roots], skips: [] };
}

export const terraformFormat: Format<'terraform'> = {
  name: 'terraform',
  title: 'Terraform (AWS, GCP, Azure)',
  recognises,
  read(source) {
    const parsed = parse(source);
    const skips = parsed.troubles.map(({ offset, reason }) => ({
      subject: `${source.path}:${source.position(offset).line}`,
      code: 'AUDIT_TERRAFORM_SYNTAX',
      reason: `not read from here to the next block: ${reason}`,
      severity: 'incomplete' as const,
    }));
    const nothing = parsed.body.blocks.length + parsed.body.settings.size === 0;
    const status = skips.length === 0 ? 'read' : nothing ? 'failed' : 'partial';
    return { document: new ReadDocument({ source, parsed }, null), status, skips };
  },
  assemble,
  settings: (document) => settingsOf(document.configuration, document.file.source),
  containers: ({ document }) => taskContainersOf(document.configuration),
  facts: (file) => factsOf(file),
};
