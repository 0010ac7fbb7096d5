/**
 * config.toml of a Supabase project: TOML with one table per service (`[api]`, `[auth.email]`, `[db.ssl_enforcement]`,
 * `[functions.NAME]`). It configures the local stack, and the hosted project once it is pushed (`supabase config push`);
 * `[remotes.NAME]` holds what differs for a hosted project or branch. `env(NAME)` takes a value from the environment.
 * https://supabase.com/docs/guides/local-development/cli/config
 */
import type { AST } from 'toml-eslint-parser';
import type { Skip } from '../../../core/skip.ts';
import type { Format } from '../../model.ts';
import type { Source, Span } from '../../source.ts';

export interface ConfigEntry {
  /** `auth.email.enable_confirmations`; below `remotes.NAME.` for what only a hosted project has. */
  pointer: string;
  value: string | number | boolean | null;
  /** Elements of a list that are texts. */
  items: readonly { text: string; span: Span }[] | null;
  span: Span;
}

export interface SupabaseConfigDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  entries: readonly ConfigEntry[];
  /** The entries of this name: for the project itself, and for each hosted one that sets it differently. */
  all(pointer: string): readonly ConfigEntry[];
}

const HEAD = 65_536;
const MAX_LENGTH = 400_000;

let parser: typeof import('toml-eslint-parser') | undefined;

export const supabaseConfigFormat: Format<'supabase-config'> = {
  name: 'supabase-config',
  title: 'Supabase project (config.toml)',
  recognises(path, text) {
    if (!/\.toml$/i.test(path)) return false;
    const head = text.slice(0, HEAD);
    const tables = head.match(
      /^\[(?:api|db|db\.pooler|db\.seed|db\.migrations|studio|inbucket|storage|auth|auth\.\w+|realtime|edge_runtime|functions\.[\w-]+|analytics|remotes\.[\w.-]+)\]/gm,
    );
    return (
      (/^project_id[ \t]*=/m.test(head) && (tables?.length ?? 0) >= 1) ||
      (/(?:^|\/)supabase\/config\.toml$/.test(path) && (tables?.length ?? 0) >= 1)
    );
  },
  async prepare() {
    parser ??= await import('toml-eslint-parser');
  },
  read(source) {
    const { entries, skips } = parse(source);
    const complete = skips.length === 0;
    return {
      document: {
        complete,
        entries,
        all: (pointer) => entries.filter((one) => withoutRemote(one.pointer) === pointer),
      },
      status: complete ? 'read' : entries.length > 0 ? 'partial' : 'failed',
      skips,
    };
  },
  *settings({ entries }) {
    for (const { pointer, value, items, span } of entries) {
      yield { pointer, values: items === null ? [String(value)] : items.map(({ text }) => text), span };
    }
  },
};

/** `remotes.production.auth.enable_signup` is `auth.enable_signup` of one hosted project. */
export function withoutRemote(pointer: string): string {
  return pointer.startsWith('remotes.') ? pointer.split('.').slice(2).join('.') : pointer;
}

function parse(source: Source): { entries: ConfigEntry[]; skips: Skip[] } {
  const skip = (reason: string, offset: number): { entries: ConfigEntry[]; skips: Skip[] } => {
    const { line } = source.position(offset);
    return {
      entries: [],
      skips: [{ subject: `${source.path}:${line}`, code: 'TOML_SYNTAX', reason, severity: 'incomplete' }],
    };
  };
  if (parser === undefined) return skip('its parser is not loaded', 0);
  if (source.text.length > MAX_LENGTH) return skip('too large for a configuration file', 0);
  try {
    const bom = source.text.charCodeAt(0) === 0xfeff ? ` ${source.text.slice(1)}` : source.text;
    const [top] = parser.parseTOML(bom).body;
    const entries: ConfigEntry[] = [];
    const seen = new Map<string, number>();
    for (const node of top.body) {
      if (node.type === 'TOMLTable')
        for (const pair of node.body) collect(pair, node.resolvedKey.join('.'), entries, seen);
      else collect(node, '', entries, seen);
    }
    return { entries, skips: [] };
  } catch (error) {
    const at = error instanceof parser.ParseError ? error.index : 0;
    return skip('not valid TOML', Math.min(Math.max(at, 0), source.text.length));
  }
}

function collect(pair: AST.TOMLKeyValue, prefix: string, entries: ConfigEntry[], seen: Map<string, number>): void {
  const open: { pair: AST.TOMLKeyValue; prefix: string }[] = [{ pair, prefix }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const own = next.pair.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value)).join('.');
    const base = next.prefix === '' ? own : `${next.prefix}.${own}`;
    const { value } = next.pair;
    if (value.type === 'TOMLInlineTable') {
      for (const inner of value.body.toReversed()) open.push({ pair: inner, prefix: base });
      continue;
    }
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    entries.push({
      pointer: count > 1 ? `${base} #${count}` : base,
      value: value.type === 'TOMLValue' && !(value.value instanceof Date) ? value.value : null,
      items: value.type === 'TOMLArray' ? itemsOf(value) : null,
      span: { start: value.range[0], end: value.range[1] },
    });
  }
}

function itemsOf(list: AST.TOMLArray): { text: string; span: Span }[] {
  return list.elements.flatMap((one) =>
    one.type === 'TOMLValue' && one.kind === 'string'
      ? [{ text: one.value, span: { start: one.range[0], end: one.range[1] } }]
      : [],
  );
}
