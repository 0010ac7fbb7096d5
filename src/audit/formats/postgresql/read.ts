/** postgresql.conf as a format: what it is told by; `parse.ts` has its grammar. */
import { basename } from 'node:path/posix';
import type { Format } from '../../model.ts';
import { linesOf } from '../../source.ts';
import { isConditionalTemplate } from '../templates.ts';
import { assemblePostgresql } from './assemble.ts';
import { postgresqlFacts } from './facts.ts';
import { readPostgresql } from './parse.ts';

export type { PostgresqlDocument } from './parse.ts';

const STRONG =
  /^[ \t]*(?:#[ \t]*)?(?:listen_addresses|shared_buffers|password_encryption|wal_level|hba_file|ident_file|max_wal_size|ssl_cert_file|ssl_key_file|log_line_prefix|max_connections|dynamic_shared_memory_type|effective_cache_size|log_timezone|archive_mode)[ \t]*=/m;

/** Files of `include_dir`, which may hold a single setting. */
const DROP_IN =
  /(?:^|\/)(?:postgres|postgresql|pgsql)(?:\/[^/]+){0,3}\/(?:conf|config|postgresql\.conf)\.d\/[^/]+\.conf$/i;

export const postgresqlFormat: Format<'postgresql.conf'> = {
  name: 'postgresql.conf',
  title: 'PostgreSQL (postgresql.conf)',
  assemble: assemblePostgresql,
  facts: postgresqlFacts,
  *settings({ settings }) {
    const seen = new Map<string, number>();
    for (const { name, value, span, source } of settings) {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      yield { pointer: count > 1 ? `${name}[${count}]` : name, values: [value], span, ...(source && { source }) };
    }
  },
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read: readPostgresql,
};

function looksLike(path: string, text: string): boolean {
  if (/^postgresql[\w.-]*\.conf(?:\.\w+)?$/i.test(basename(path))) return true;
  if (/\.(?:ya?ml|json|xml|toml|ini|properties|env)$/i.test(path) || basename(path).startsWith('.env')) return false;
  if (!DROP_IN.test(path) && !STRONG.test(text)) return false;
  let known = 0;
  let other = 0;
  for (const line of linesOf(text.slice(0, 262_144))) {
    if (/^[ \t]*(?:#.*)?$/.test(line.text)) continue;
    if (/^[ \t]*[a-z_]+(?:\.[a-z_]+)?[ \t]*=[ \t]*(?:'[^']*'|[\w.+-]+)[ \t]*(?:#.*)?$/i.test(line.text)) known += 1;
    else other += 1;
  }
  if (DROP_IN.test(path) && known > 0 && other === 0) return true;
  return known >= 2 && known >= 4 * other && KNOWN.filter((name) => text.includes(name)).length >= 2;
}

const KNOWN = [
  'listen_addresses',
  'shared_buffers',
  'password_encryption',
  'wal_level',
  'max_connections',
  'port',
  'hba_file',
  'log_line_prefix',
  'effective_cache_size',
  'work_mem',
  'max_wal_size',
  'ssl',
  'datestyle',
  'timezone',
  'lc_messages',
];
