/** pg_hba.conf as a format: what it is told by; `parse.ts` has its grammar. */
import { basename } from 'node:path/posix';
import type { Format } from '../../model.ts';
import { linesOf } from '../../source.ts';
import { isConditionalTemplate } from '../templates.ts';
import { assembleHba } from './assemble.ts';
import { type HbaField, readHba } from './parse.ts';

export type { HbaDocument } from './parse.ts';

const METHODS = 'trust|reject|scram-sha-256|md5|password|gss|sspi|ident|peer|ldap|radius|cert|pam|bsd|krb5|crypt|oauth';
const ROW = new RegExp(
  `^[ \\t]*(?:local[ \\t]+\\S+[ \\t]+\\S+|host(?:(?:no)?ssl|(?:no)?gssenc)?[ \\t]+\\S+[ \\t]+\\S+[ \\t]+\\S+(?:[ \\t]+[\\d.:a-f]+)?)[ \\t]+(?:${METHODS})(?:[ \\t#]|$)`,
);
export const pgHbaFormat: Format<'pg_hba.conf'> = {
  name: 'pg_hba.conf',
  title: 'PostgreSQL access (pg_hba.conf)',
  assemble: assembleHba,
  *settings({ rows }) {
    for (const [index, row] of rows.entries()) {
      const words = [row.type, textOf(row.databases), textOf(row.users), row.address?.text ?? '', row.method];
      const values = words.filter((word) => word !== '');
      yield { pointer: `rows[${index}]`, values, span: row.span, ...(row.source && { source: row.source }) };
    }
  },
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read: readHba,
};

function looksLike(path: string, text: string): boolean {
  if (/^pg_hba[\w.-]*$/i.test(basename(path))) return true;
  if (!/^[ \t]*(?:local|host\w*)[ \t]/m.test(text) || /\.(?:ya?ml|json|xml|toml|md)$/i.test(path)) return false;
  let rows = 0;
  let other = 0;
  for (const line of linesOf(text.slice(0, 262_144))) {
    if (/^[ \t]*(?:#|$)/.test(line.text)) continue;
    if (line.text.length < 4096 && ROW.test(line.text)) rows += 1;
    else other += 1;
  }
  return rows > 0 && rows >= 9 * other;
}

function textOf({ tokens }: HbaField): string {
  return tokens.map(({ text }) => text).join(',');
}
