/** Name and version of an assembly, for the inventory of libraries (ECMA-335 §II.22.2). */
import type { ReadContext } from '../reader.ts';
import { compressed, type Metadata } from './metadata.ts';
import type { Names } from './names.ts';
import { decodeCoded, TABLE } from './tables.ts';

export interface Identity {
  name: string;
  /** Four numbers; libraries seldom raise it, so that it may lie behind the version of their package. */
  version: string;
  /** Of a satellite assembly, which only holds translations. */
  culture: string;
}

/** @returns undefined when the metadata describes no assembly: a module of one */
export function identityOf({ tables, string }: Metadata): Identity | undefined {
  const table = tables.get(TABLE.Assembly);
  if (table.rows === 0) return undefined;
  const version = [1, 2, 3, 4].map((column) => table.cell(1, column)).join('.');
  return { name: string(table.cell(1, 7)), version, culture: string(table.cell(1, 8)) };
}

/** Parts of the runtime, which come with it and are no packages of their own. */
const RUNTIME =
  /^(?:System(?!\.(?:Reactive|Linq\.Async|Interactive|Data\.SQLite|IdentityModel))(?:\..{1,100})?|mscorlib|netstandard|WindowsBase|Mono\..{1,100}|Java\.Interop|_Microsoft\.Android\..{1,100}|Microsoft\.(?:CSharp|VisualBasic(?:\.Core)?|Win32\..{1,60})|Xamarin\.(?:iOS|Mac)|Microsoft\.(?:iOS|MacCatalyst|Android))$/;

export function reportIdentity(identity: Identity, metadata: Metadata, names: Names, context: ReadContext): void {
  const { name, culture } = identity;
  if (name === '' || culture !== '') return;
  const core = name === 'System.Private.CoreLib';
  if (!core && RUNTIME.test(name)) return;
  const version = packageVersion(metadata, names) ?? identity.version;
  context.sink.library({
    ecosystem: 'nuget',
    name: core ? 'Microsoft.NETCore.App' : name,
    ...(version === '0.0.0.0' ? {} : { version }),
    entry: context.entry,
  });
}

const INFORMATIONAL = 'System.Reflection.AssemblyInformationalVersionAttribute';

/** The version that the package of the library has, which build tools put into an attribute: `13.0.3+0a2e291c`. */
function packageVersion({ tables, blob }: Metadata, names: Names): string | undefined {
  const rows = tables.get(TABLE.CustomAttribute);
  for (let row = 1; row <= rows.rows; row++) {
    if (decodeCoded('hasCustomAttribute', rows.cell(row, 0)).table !== TABLE.Assembly) continue;
    if (names.attribute(rows.cell(row, 1)).name !== INFORMATIONAL) continue;
    const value = blob(rows.cell(row, 2));
    const length = compressed(value, 2, value.length);
    if (length === undefined) return undefined;
    const text = value.toString('utf8', 2 + length.size, Math.min(value.length, 2 + length.size + length.value, 100));
    return /^\d{1,6}\.\d{1,6}[\w.-]{0,40}/.exec(text)?.[0];
  }
  return undefined;
}
