/** Fields that are named for a secret and always hold one constant: `String password = "…"`. */
import type { Classes } from './classes.ts';
import type { Programs } from './program.ts';
import type { Uses } from './scan.ts';
import { findType, memberClass, memberName, memberShape, stringAt, type Tables } from './tables.ts';

const NAME =
  /^(?:m_?|s_?)?(?:[a-z0-9]{0,20}_?)?(?:passw(?:or)?d|passphrase|pwd|secret_?key|private_?key|api_?secret|client_?secret|encryption_?key|signing_?key|secret)$/i;

/** A constant that is a name of something, such as a key of a preference: `user_password`, `newPassword`, `--password`. */
const NAMES_IT = /^[\s\-_.a-z]{0,24}(?:password|passwd|passphrase|pwd|secret|key)[\s:=]*$/i;
const MOST = 500;

/** @param found with the type id of the class, and the field's name and value */
export function secretFields(
  tables: Tables,
  classes: Classes,
  uses: Uses,
  programs: Programs,
  found: (type: number, args: readonly [name: string, value: string]) => void,
): void {
  const string = findType(tables, 'Ljava/lang/String;');
  const judged = new Map<number, string | undefined>();
  let left = MOST;
  for (let field = 0; field < tables.fields.count && left > 0; field++) {
    if (classes.fieldDefined[field] !== 1 || memberShape(tables, tables.fields, field) !== string) continue;
    if ((uses.writes[field] ?? 0) === 0 ? !classes.fieldInitial.has(field) : uses.writes[field] !== 1) continue;
    const id = memberName(tables, tables.fields, field);
    if (!judged.has(id)) {
      const name = stringAt(tables, id);
      judged.set(id, NAME.test(name) ? name : undefined);
    }
    const name = judged.get(id);
    const value = name === undefined ? undefined : programs.fieldValue(field);
    if (name === undefined || typeof value !== 'string' || value.length < 4 || /\s/.test(value)) continue;
    if (value.toLowerCase().replaceAll(/[^a-z]/g, '') === name.toLowerCase().replaceAll(/[^a-z]/g, '')) continue;
    if (namesIt(value)) continue;
    left--;
    found(memberClass(tables, tables.fields, field), [name, value]);
  }
}

function namesIt(value: string): boolean {
  // `verycomplicatedpassword` has no separator and no capital: it is a password; `user_password` is the name of one
  if (!NAMES_IT.test(value)) return false;
  return value.length <= 8 || /[-_.:= ]|[a-z][A-Z]|^(?:new|old|user|current|confirm|my|the|login|db|key)/.test(value);
}
