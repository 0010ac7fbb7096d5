/** my.cnf as a server sees it: the groups it reads, in order, and over them the flags of the container that starts it. */
import type { ReadFile, Runtime } from '../../model.ts';
import type { MyCnfDocument, MyCnfOption } from './parse.ts';

export type ServerKind = 'mysql' | 'mariadb';

export interface MyCnfView {
  runtime: Runtime | null;
  /** MySQL and Percona Server, or MariaDB; null when nothing tells it. */
  kind: ServerKind | null;
  /** `[10, 11]`; null when nothing tells it. */
  version: readonly [major: number, minor: number] | null;
  complete: boolean;
  /** A group of the server is in the file: without one it configures clients only. */
  isServer: boolean;
  /** The option in force. Renamed options are found by any of their names. */
  last(...names: string[]): MyCnfOption | undefined;
  /** Given on the command line: such a setting is changed there, not in the file. */
  isFlag(option: MyCnfOption): boolean;
}

const SERVER_GROUP =
  /^(?:mysqld|server|mariadb|mariadbd|galera|mysqld_safe|mariadbd-safe|client-server|(?:mysqld|mariadb|mariadbd)-\d+\.\d+|mysqld\d+)$/;

export function isServerGroup(group: string): boolean {
  return SERVER_GROUP.test(group);
}

/** The views of the file, one for each container that mounts it, or one for the file alone. */
export function myCnfViews({ document }: ReadFile<'my.cnf'>, runtimes: readonly Runtime[]): MyCnfView[] {
  return (runtimes.length > 0 ? runtimes.slice(0, 50) : [null]).map((runtime) => viewOf(document, runtime));
}

function viewOf(document: MyCnfDocument, runtime: Runtime | null): MyCnfView {
  const { kind, version } = serverOf(document, runtime);
  const flags = runtime ? flagsOf(runtime) : new Map<string, MyCnfOption>();
  const last = new Map<string, MyCnfOption>();
  const order = new Map<string, number>();
  for (const [index, option] of document.options.entries()) {
    if (!reads(option.group, kind, version)) continue;
    last.set(option.name, option);
    order.set(option.name, index);
  }
  return {
    runtime,
    kind,
    version,
    complete: document.complete,
    isServer:
      document.options.some(({ group }) => isServerGroup(group)) || [...document.groups.keys()].some(isServerGroup),
    last(...names) {
      const flag = names.map((name) => flags.get(name)).find((option) => option !== undefined);
      if (flag) return flag;
      const found = names.filter((name) => last.has(name)).sort((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0));
      return last.get(found[0] ?? '');
    },
    isFlag: (option) => flags.get(option.name) === option,
  };
}

/** Whether the server reads a group. What is not known is read: a setting meant for a server is judged. */
function reads(group: string, kind: ServerKind | null, version: MyCnfView['version']): boolean {
  if (!SERVER_GROUP.test(group) || group === 'mysqld_safe' || group === 'mariadbd-safe') return false;
  const own = /^(mysqld|mariadb|mariadbd)(?:-(\d+)\.(\d+))?$/.exec(group);
  if (kind === 'mysql' && (own?.[1]?.startsWith('mariadb') || group === 'galera' || group === 'client-server'))
    return false;
  if (own?.[2] === undefined || version === null) return true;
  return Number(own[2]) === version[0] && Number(own[3]) === version[1];
}

function serverOf(document: MyCnfDocument, runtime: Runtime | null): Pick<MyCnfView, 'kind' | 'version'> {
  const image = runtime?.service.image;
  if (image) {
    const kind = /mariadb/.test(image.repository) ? 'mariadb' : 'mysql';
    const numbers = /^(\d+)(?:\.(\d+))?/.exec(image.version ?? '');
    // A tag of the major version alone (`8`, `10`) is its newest release.
    const newest: Readonly<Record<string, number>> = {
      'mysql 8': 4,
      'mysql 9': 0,
      'mysql 5': 7,
      'mariadb 10': 11,
      'mariadb 11': 8,
    };
    if (!numbers) return { kind, version: null };
    const minor = numbers[2] ?? newest[`${kind} ${numbers[1]}`];
    return { kind, version: minor === undefined ? null : [Number(numbers[1]), Number(minor)] };
  }
  const groups = [...new Set([...document.groups.keys(), ...document.options.map(({ group }) => group)])];
  const names = new Set(document.options.map(({ name }) => name));
  const versioned = groups
    .map((group) => /^(mysqld|mariadb|mariadbd)-(\d+)\.(\d+)$/.exec(group))
    .find((found) => found);
  const mariadb =
    groups.some((group) => /^(?:mariadb|mariadbd|galera)(?:-|$)/.test(group)) ||
    MARIADB_ONLY.some((name) => names.has(name)) ||
    Number(versioned?.[2] ?? 0) >= 10;
  const mysql = MYSQL_ONLY.some((name) => names.has(name)) || Number(versioned?.[2] ?? 10) < 10;
  return { kind: mariadb && !mysql ? 'mariadb' : mysql && !mariadb ? 'mysql' : null, version: null };
}

const MARIADB_ONLY = [
  'aria_pagecache_buffer_size',
  'aria_block_size',
  'plugin_maturity',
  'feedback',
  'innodb_encrypt_tables',
  'innodb_encrypt_log',
  'gtid_strict_mode',
  'strict_password_validation',
  'server_audit_logging',
];
const MYSQL_ONLY = [
  'mysqlx',
  'mysqlx_bind_address',
  'mysqlx_port',
  'default_authentication_plugin',
  'authentication_policy',
  'enforce_gtid_consistency',
  'gtid_mode',
  'admin_address',
  'caching_sha2_password_auto_generate_rsa_keys',
  'log_raw',
  'default_table_encryption',
];

/** `mysqld --local-infile=1 --require-secure-transport`. */
function flagsOf({ file, service }: Runtime): Map<string, MyCnfOption> {
  const flags = new Map<string, MyCnfOption>();
  for (const command of [service.entrypoint, service.command]) {
    for (const word of command?.words ?? []) {
      const found = /^--([a-z][\w.-]{0,120})(?:=([\s\S]*))?$/i.exec(word);
      if (!command || !found) continue;
      const written = (found[1] ?? '')
        .toLowerCase()
        .replaceAll('-', '_')
        .replace(/^loose_/, '');
      const off = /^(?:skip|disable)_(ssl|log_bin|symbolic_links|mysqlx|general_log)$/.exec(written)?.[1];
      const name = off ?? written;
      const { span } = command;
      flags.set(name, {
        group: 'mysqld',
        name,
        writtenName: written,
        nameSpan: span,
        value: off === undefined ? (found[2] ?? null) : '0',
        span,
        implied: true,
        source: file.source,
      });
    }
  }
  return flags;
}

/** A switch: without a value it is on. Null for anything else. */
export function switchOf(option: MyCnfOption | undefined): boolean | null {
  if (!option) return null;
  if (option.value === null || /^(?:1|on|true|yes)$/i.test(option.value)) return true;
  return /^(?:0|off|false|no)$/i.test(option.value) ? false : null;
}

/** Where it listens; null where nothing says it, which is every address unless another file says otherwise. */
export function bindOf(
  view: MyCnfView,
): { where: 'everywhere' | 'network' | 'loopback'; addresses: string[]; option: MyCnfOption } | null {
  const networking = view.last('skip_networking');
  if (networking && switchOf(networking) !== false) return { where: 'loopback', addresses: [], option: networking };
  const option = view.last('bind_address');
  if (!option?.value) return null;
  const addresses = option.value
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  const where = addresses.some((address) => /^(?:\*|0\.0\.0\.0|::)$/.test(address))
    ? 'everywhere'
    : addresses.every((address) => /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/i.test(address))
      ? 'loopback'
      : 'network';
  return { where, addresses, option };
}
