/** The stores that settings lead to: by connection strings, and by groups such as `DB_HOST`, `DB_USERNAME`, `DB_PASSWORD`. */
import { own } from '../../../core/own.ts';
import { type Connection, readConnection } from '../../connections.ts';
import type { Engine } from '../../declared.ts';
import type { Span } from '../../source.ts';
import type { AppSetting, AppSettingsDocument } from './read.ts';

export interface StoreClient {
  engine: Engine;
  host: string | null;
  /** The setting and the place in the file. */
  user: Placed | null;
  /** Null when none is written anywhere. */
  password: Placed | null;
  tls: { state: 'off' | 'on'; setting: AppSetting; span: Span } | null;
  /** The setting that names the store. */
  setting: AppSetting;
  /** A connection string, which says everything about its login; a group may leave it to the environment. */
  whole: boolean;
}

interface Placed {
  text: string;
  span: Span;
  setting: AppSetting;
}

const ENGINES: Readonly<Record<string, Engine>> = {
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  pgsql: 'postgresql',
  pg: 'postgresql',
  postgres: 'postgresql',
  postgresql: 'postgresql',
  sqlsrv: 'mssql',
  mssql: 'mssql',
  mongodb: 'mongodb',
  mongo: 'mongodb',
  redis: 'redis',
  'django.db.backends.mysql': 'mysql',
  'django.db.backends.postgresql': 'postgresql',
  'django.db.backends.postgresql_psycopg2': 'postgresql',
  'django.contrib.gis.db.backends.postgis': 'postgresql',
};
const PORTS: Readonly<Record<string, Engine>> = {
  '3306': 'mysql',
  '5432': 'postgresql',
  '27017': 'mongodb',
  '6379': 'redis',
  '1433': 'mssql',
};

export function clientsOf({ settings }: AppSettingsDocument): StoreClient[] {
  const clients: StoreClient[] = [];
  const groups = new Map<string, AppSetting[]>();
  for (const setting of settings) {
    const connection = setting.value === null ? null : readConnection(setting.value);
    if (connection) clients.push(clientOf(setting, connection));
    const list = groups.get(setting.group);
    if (list) list.push(setting);
    else groups.set(setting.group, [setting]);
  }
  for (const client of clients) completed(client, groups.get(client.setting.group) ?? []);
  const taken = new Set(clients.map(({ setting }) => setting.group));
  for (const [group, members] of groups) {
    if (taken.has(group)) continue;
    const client = groupClient(group, members);
    if (client) clients.push(client);
  }
  return clients;
}

function clientOf(setting: AppSetting, connection: Connection): StoreClient {
  const placed = (part: Connection['user']): Placed | null =>
    part && { text: part.text, span: within(setting, part), setting };
  return {
    engine: connection.engine,
    host: connection.host,
    user: placed(connection.user),
    password: placed(connection.password),
    tls: connection.tls && { state: connection.tls.state, setting, span: within(setting, connection.tls.span) },
    setting,
    whole: !/^(?:jdbc:)/i.test(setting.value ?? ''),
  };
}

function within({ span, exact }: AppSetting, part: Span): Span {
  return exact ? { start: span.start + part.start, end: span.start + part.end } : span;
}

function named(members: readonly AppSetting[], pattern: RegExp): AppSetting | undefined {
  return members.find(({ name }) => pattern.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')));
}

const USER = /(?:^|[_.-])(?:user|username|user[_-]name|login)$/i;
const PASSWORD = /(?:^|[_.-])(?:password|passwd|pass|pwd)$/i;
const HOST = /(?:^|[_.-])(?:host|hostname|server)$/i;

/** Spring writes the account beside the URL. */
function completed(client: StoreClient, members: readonly AppSetting[]): void {
  const user = named(members, USER);
  const password = named(members, PASSWORD);
  if (client.user === null && user?.value) client.user = { text: user.value, span: user.span, setting: user };
  if (client.password === null && password) {
    client.password = { text: password.value ?? '', span: password.span, setting: password };
  }
}

function groupClient(group: string, members: readonly AppSetting[]): StoreClient | null {
  const host = named(members, HOST);
  const user = named(members, USER);
  const password = named(members, PASSWORD);
  if (!host && !user) return null;
  const kind = named(members, /(?:^|[_.-])(?:connection|engine|driver|dialect|client|type)$/i)?.value ?? '';
  const port = named(members, /(?:^|[_.-])port$/i)?.value ?? '';
  const prefix = /(?:^|[_.-])(mysql|mariadb|postgres|postgresql|pg|mongo|mongodb|redis|mssql)(?:$|[_.-])/i.exec(
    group,
  )?.[1];
  const engine =
    own(ENGINES, kind.toLowerCase()) ?? own(PORTS, port) ?? (prefix ? own(ENGINES, prefix.toLowerCase()) : undefined);
  if (engine === undefined) return null;
  const setting = host ?? user;
  if (!setting) return null;
  return {
    engine,
    host: host?.value ?? null,
    user: user?.value ? { text: user.value, span: user.span, setting: user } : null,
    password: password ? { text: password.value ?? '', span: password.span, setting: password } : null,
    tls: null,
    setting,
    whole: false,
  };
}
