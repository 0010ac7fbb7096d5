/**
 * nginx: the main file (`http { … }`, `stream { … }`), and the pieces that it includes: files of `conf.d` and
 * `sites-enabled` that begin with `server`, snippets that begin with `location` or less. The grammar is in `parse.ts`, how
 * files are joined in `assemble.ts`, what holds where in `effective.ts`.
 * https://nginx.org/en/docs/dirindex.html
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format, SettingView } from '../../model.ts';
import type { Source } from '../../source.ts';
import { assembleNginx } from './assemble.ts';
import { nginxFacts } from './facts.ts';
import { type NginxDirective, parseNginx } from './parse.ts';

export interface NginxDocument {
  /** As the main file has them, with what is included in place of `include`. */
  directives: readonly NginxDirective[];
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

const CONTEXT = /^[ \t]*(?:http|events|stream|server|upstream[ \t]+\S+|location[ \t]+[^{};\n]{1,200})[ \t]*\{/m;
const TYPICAL =
  /^[ \t]*(?:listen|server_name|proxy_pass|fastcgi_pass|uwsgi_pass|grpc_pass|worker_processes|worker_connections|proxy_set_header|try_files|auth_basic|ssl_certificate|access_log|error_log|upstream|add_header|return|rewrite|root|alias|index|autoindex|include|location|server)[ \t]+[^;\n]{1,2000};?/m;
const BLOCK = /^[ \t]*(?:server|location[ \t]+[^{};\n]{1,200}|upstream[ \t]+\S+|http|stream|events)[ \t]*\n?[ \t]*\{/m;
/** Other languages with braces, and pages that show configuration. */
const OTHER_NAMES =
  /\.(?:ya?ml|json|xml|toml|md|rst|html?|jsx?|tsx?|mjs|cjs|py|rb|go|rs|java|kt|scala|php|c|h|cc|cpp|cs|sh|bash|ps1|css|scss|less|tf|hcl|sql|proto|gradle|swift|dart|vcl|lua|t|pl|pm|rules|nft|cue|nix|pp|diff|patch|txt|log|ipynb|svg|vue|adoc|Caddyfile)$/i;
const SMALL = 262_144;

export const nginxFormat: Format<'nginx'> = {
  name: 'nginx',
  title: 'nginx in front of a store',
  recognises(path, text) {
    const name = basename(path);
    if (OTHER_NAMES.test(name) || /^(?:Caddyfile|Dockerfile|Makefile|Jenkinsfile|Vagrantfile)/.test(name)) return false;
    const head = text.slice(0, SMALL);
    if (!BLOCK.test(head) || !TYPICAL.test(head) || !CONTEXT.test(head.replaceAll(/\)?[ \t]*\n[ \t]*\{/g, ' {')))
      return false;
    // Programs, Terraform, bind's and dhcpd's files and haproxy have blocks too, but not these words.
    return !/^[ \t]*(?:#!|package |import |from \S+ import|resource "|variable "|function |class |frontend |backend |zone "|subnet |table (?:inet|ip6?) )/m.test(
      head,
    );
  },
  read(source) {
    const { directives, problems } = parseNginx(source);
    const skips = problems.map(({ at, reason }): Skip => {
      const subject = `${source.path}:${source.position(at).line}`;
      return { subject, code: 'NGINX_SYNTAX', reason, severity: 'incomplete' };
    });
    const complete = skips.length === 0;
    const status = complete ? 'read' : directives.length === 0 ? 'failed' : 'partial';
    return { document: { directives, complete }, status, skips };
  },
  assemble: assembleNginx,
  *settings(document) {
    yield* settingsOf(document.directives, '', null, 0);
  },
  facts: nginxFacts,
};

function* settingsOf(
  list: readonly NginxDirective[],
  prefix: string,
  own: Source | null,
  depth: number,
): Generator<SettingView> {
  if (depth > 64) return;
  const seen = new Map<string, number>();
  for (const directive of list) {
    const label = labelOf(directive);
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    const pointer = `${prefix}${count > 1 ? `${label}#${count}` : label}`;
    const [first] = directive.arguments;
    const main = own ?? directive.source;
    yield {
      pointer,
      values: directive.arguments.map(({ value }) => value),
      span: first ? { start: first.span.start, end: directive.span.end } : directive.nameSpan,
      ...(directive.source !== main && { source: directive.source }),
    };
    if (directive.block) yield* settingsOf(directive.block, `${pointer}/`, main, depth + 1);
  }
}

/** `location[~ \.php$]`, `server`, `listen` */
export function labelOf({ name, arguments: words, block }: NginxDirective): string {
  if (block === null || words.length === 0) return name;
  return `${name}[${words.map(({ value }) => value).join(' ')}]`.slice(0, 200);
}
