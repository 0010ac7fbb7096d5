/** postgresql.conf as the server sees it: the file, and over it the flags of the container that starts it. */
import { majorOf } from '../../containers/image.ts';
import type { ReadFile, Runtime } from '../../model.ts';
import { type PostgresqlSetting, postgresqlBoolean } from './parse.ts';

export interface PostgresqlView {
  runtime: Runtime | null;
  /** Major version; null when nothing tells it. */
  version: number | null;
  complete: boolean;
  last(name: string): PostgresqlSetting | undefined;
  /** Given on the command line: such a setting is changed there, not in the file. */
  isFlag(setting: PostgresqlSetting): boolean;
}

export function postgresqlViews(file: ReadFile<'postgresql.conf'>, runtimes: readonly Runtime[]): PostgresqlView[] {
  const list = runtimes.length > 0 ? runtimes.slice(0, 50) : [null];
  return list.map((runtime) => {
    const flags = runtime ? flagsOf(runtime) : new Map<string, PostgresqlSetting>();
    return {
      runtime,
      version: majorOf(runtime?.declared.version ?? null) ?? versionIn(file),
      complete: file.document.complete,
      last: (name) => flags.get(name) ?? file.document.last(name),
      isFlag: (setting) => flags.get(setting.name) === setting,
    };
  });
}

/**
 * Debian and Red Hat keep versions apart by folder (`/etc/postgresql/15/main`, `/var/lib/pgsql/16/data`); PGTune writes
 * it into a comment.
 */
function versionIn({ source, document }: ReadFile<'postgresql.conf'>): number | null {
  const folder = /(?:^|\/)(?:postgresql|pgsql)[/-](\d{1,2})(?:\.\d+)?(?:\/|$)/;
  const found =
    folder.exec(source.path) ??
    folder.exec(document.last('data_directory')?.value.slice(0, 1024) ?? '') ??
    /^# DB Version: (\d{1,2})\b/m.exec(source.text.slice(0, 2048));
  return found ? Number(found[1]) : null;
}

/** `postgres -c name=value`, `--name=value`, and the short forms of a few. */
function flagsOf({ file, service }: Runtime): Map<string, PostgresqlSetting> {
  const flags = new Map<string, PostgresqlSetting>();
  for (const command of [service.entrypoint, service.command]) {
    const words = command?.words ?? [];
    for (const [index, word] of words.entries()) {
      if (!command) continue;
      const next = words[index + 1] ?? '';
      const assigned = word === '-c' ? next : word.startsWith('-c') || word.startsWith('--') ? word.slice(2) : '';
      const equals = assigned.indexOf('=');
      if (equals > 0) set(assigned.slice(0, equals), assigned.slice(equals + 1));
      else if (word === '-h') set('listen_addresses', next);
      else if (word === '-p') set('port', next);
      else if (word === '-i') set('listen_addresses', '*');
      else if (word === '-l') set('ssl', 'on');
      function set(name: string, value: string): void {
        if (!command) return;
        const key = name.toLowerCase().replaceAll('-', '_');
        const { span } = command;
        flags.set(key, { name: key, nameSpan: span, value, quoted: false, span, source: file.source });
      }
    }
  }
  return flags;
}

/** Addresses of `listen_addresses`; null where it is not set, which is loopback (the images’ own file says `*`). */
export function addressesOf(view: Pick<PostgresqlView, 'last'>): string[] | null {
  const setting = view.last('listen_addresses');
  if (!setting) return null;
  return setting.value
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

export function isLoopbackAddress(address: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(address);
}

export function booleanOf(view: Pick<PostgresqlView, 'last'>, name: string): boolean | null {
  const setting = view.last(name);
  return setting ? postgresqlBoolean(setting.value) : null;
}
