/**
 * Connection strings of stores: URLs (`postgresql://user:password@host:5432/db?sslmode=disable`, `jdbc:` in front or not)
 * and lists of `Key=Value;` pairs as .NET and ODBC write them. Offsets are into the text that was given.
 */
import { own } from '../core/own.ts';
import type { Engine } from './declared.ts';
import type { Span } from './source.ts';

export interface Connection {
  engine: Engine;
  user: (Span & { text: string }) | null;
  /** Null when none is written. An empty one is written. */
  password: (Span & { text: string }) | null;
  host: string | null;
  port: number | null;
  /** What the string itself says about TLS, and where. */
  tls: { state: 'off' | 'on'; span: Span } | null;
}

const SCHEMES: Readonly<Record<string, Engine>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  postgis: 'postgresql',
  pgsql: 'postgresql',
  psql: 'postgresql',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  mongodb: 'mongodb',
  'mongodb+srv': 'mongodb',
  redis: 'redis',
  rediss: 'redis',
  valkey: 'redis',
  valkeys: 'redis',
  amqp: 'rabbitmq',
  amqps: 'rabbitmq',
  sqlserver: 'mssql',
  mssql: 'mssql',
  clickhouse: 'clickhouse',
  neo4j: 'neo4j',
  bolt: 'neo4j',
  'neo4j+s': 'neo4j',
  'bolt+s': 'neo4j',
  mqtt: 'mqtt',
  mqtts: 'mqtt',
};

/** Schemes that say themselves that the connection is encrypted. */
const ENCRYPTED = new Set(['rediss', 'valkeys', 'amqps', 'mongodb+srv', 'neo4j+s', 'bolt+s', 'mqtts']);

/** HTTP stores by the port they usually have. */
const HTTP_PORTS: Readonly<Record<string, Engine>> = {
  '9200': 'elasticsearch',
  '5984': 'couchdb',
  '8123': 'clickhouse',
};

const MAX_LENGTH = 4_096;

/** The store that a text leads to; null when it is no connection string. */
export function readConnection(text: string): Connection | null {
  if (text.length > MAX_LENGTH) return null;
  return readUrl(text) ?? readPairs(text);
}

function readUrl(text: string): Connection | null {
  const match = /^(?:jdbc:)?([a-z][a-z0-9.]*(?:\+[a-z0-9_]+)?):\/\//i.exec(text);
  if (!match) return null;
  const scheme = (match[1] ?? '').toLowerCase();
  // SQLAlchemy and others name a driver after the engine: `postgresql+asyncpg`.
  const plain = scheme.split('+', 1)[0] ?? '';
  const start = match[0].length;
  const stop = authorityEnd(text, start);
  const authority = text.slice(start, stop);
  const at = authority.lastIndexOf('@');
  const hosts = authority.slice(at + 1);
  const first = hosts.split(',', 1)[0] ?? '';
  const hostPort = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(first);
  const port = hostPort?.[2] ?? null;
  const engine =
    own(SCHEMES, scheme) ??
    own(SCHEMES, plain) ??
    (/^https?$/.test(scheme) && port !== null ? own(HTTP_PORTS, port) : undefined);
  if (engine === undefined) return null;
  const connection: Connection = {
    engine,
    user: null,
    password: null,
    host: hostPort?.[1] ? hostPort[1] : null,
    port: port === null ? null : Number(port),
    tls: ENCRYPTED.has(scheme) ? { state: 'on', span: { start: 0, end: match[0].length } } : null,
  };
  if (at >= 0) {
    const userinfo = authority.slice(0, at);
    const colon = colonOf(userinfo);
    const userEnd = colon < 0 ? at : colon;
    if (userEnd > 0) connection.user = part(text, start, start + userEnd);
    if (colon >= 0) connection.password = part(text, start + colon + 1, start + at);
  }
  for (const { name, value } of parameters(text, stop)) apply(connection, name, value);
  return connection;
}

/** Where `host` ends; a `/` or `?` inside `${…}` does not end it. */
function authorityEnd(text: string, start: number): number {
  const lastAt = text.lastIndexOf('@');
  let open = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') open += 1;
    else if (character === '}' && open > 0) open -= 1;
    else if (open === 0 && (character === '/' || character === '?' || character === ';' || character === '#')) {
      // Passwords are often written without escaping; up to the last `@` it is one.
      if (at < lastAt && !text.slice(at, lastAt).includes('=') && character !== '/') continue;
      return at;
    }
  }
  return text.length;
}

/** The colon between user and password, outside `${…:-…}`. */
function colonOf(userinfo: string): number {
  let open = 0;
  for (let at = 0; at < userinfo.length; at += 1) {
    if (userinfo[at] === '{') open += 1;
    else if (userinfo[at] === '}' && open > 0) open -= 1;
    else if (userinfo[at] === ':' && open === 0) return at;
  }
  return -1;
}

function part(text: string, start: number, end: number): Span & { text: string } {
  return { start, end, text: text.slice(start, end) };
}

/** `?a=1&b=2` of a URL, and `;a=1;b=2` of SQL Server's. */
function* parameters(text: string, from: number): Generator<{ name: string; value: Span & { text: string } }> {
  const question = text.indexOf('?', from);
  let start = question >= 0 ? question + 1 : text[from] === ';' ? from + 1 : text.length;
  while (start < text.length) {
    let end = start;
    while (end < text.length && text[end] !== '&' && text[end] !== ';' && text[end] !== '#') end += 1;
    const equals = text.indexOf('=', start);
    if (equals >= 0 && equals < end) {
      yield { name: text.slice(start, equals).trim().toLowerCase(), value: part(text, equals + 1, end) };
    }
    start = end + 1;
  }
}

const PAIR_HOST = /^(?:server|data source|datasource|address|addr|host|network address)$/;
const PAIR_USER = /^(?:user id|uid|user|username|user name)$/;
const PAIR_PASSWORD = /^(?:password|pwd)$/;

/** `Server=db;Database=shop;User Id=sa;Password=…;Encrypt=false` */
function readPairs(text: string): Connection | null {
  if (!/^\s*[A-Za-z][A-Za-z _]{1,30}=/.test(text) || !text.includes(';')) return null;
  const pairs: { name: string; value: Span & { text: string } }[] = [];
  let start = 0;
  while (start < text.length && pairs.length < 60) {
    const semicolon = text.indexOf(';', start);
    const end = semicolon < 0 ? text.length : semicolon;
    const equals = text.indexOf('=', start);
    if (equals >= 0 && equals < end) {
      pairs.push({ name: text.slice(start, equals).trim().toLowerCase(), value: part(text, equals + 1, end) });
    }
    start = end + 1;
  }
  const host = pairs.find(({ name }) => PAIR_HOST.test(name));
  const names = new Set(pairs.map(({ name }) => name));
  if (
    !host ||
    !(names.has('database') || names.has('initial catalog') || pairs.some((one) => PAIR_PASSWORD.test(one.name)))
  )
    return null;
  const address = /^(?:tcp:)?([^,:]+)(?:[,:](\d{1,5}))?$/.exec(host.value.text.trim());
  const port = Number(pairs.find(({ name }) => name === 'port')?.value.text ?? address?.[2] ?? Number.NaN);
  const user = pairs.find(({ name }) => PAIR_USER.test(name));
  const connection: Connection = {
    engine: pairsEngine(names, port, user?.value.text ?? ''),
    user: user?.value ?? null,
    password: pairs.find(({ name }) => PAIR_PASSWORD.test(name))?.value ?? null,
    host: address?.[1] ?? null,
    port: Number.isNaN(port) ? null : port,
    tls: null,
  };
  for (const { name, value } of pairs)
    if (!PAIR_USER.test(name) && !PAIR_PASSWORD.test(name)) apply(connection, name, value);
  return connection;
}

function pairsEngine(names: ReadonlySet<string>, port: number, user: string): Engine {
  if (port === 5432 || names.has('host') || user === 'postgres' || names.has('sslmode') === true) {
    return port === 3306 || names.has('uid') ? 'mysql' : 'postgresql';
  }
  if (port === 3306 || user === 'root') return 'mysql';
  return 'mssql';
}

/** A parameter that names the account or decides about TLS. */
function apply(connection: Connection, name: string, value: Span & { text: string }): void {
  const { start, end, text } = value;
  const span = { start, end };
  const word = text.trim().toLowerCase();
  const off = (): void => {
    connection.tls = { state: 'off', span };
  };
  const on = (): void => {
    connection.tls ??= { state: 'on', span };
  };
  switch (name.replaceAll(' ', '')) {
    case 'user':
    case 'username':
      connection.user ??= value;
      return;
    case 'password':
    case 'pwd':
      connection.password ??= value;
      return;
    case 'sslmode':
    case 'ssl-mode':
      if (word === 'disable' || word === 'disabled' || word === 'none') off();
      else if (/^(?:require|required|verify[-_]?ca|verify[-_]?full|verify[-_]?identity)$/.test(word)) on();
      return;
    case 'ssl':
    case 'tls':
    case 'usessl':
    case 'encrypt':
    case 'useencryption':
      if (/^(?:false|0|no|off|optional)$/.test(word)) off();
      else if (/^(?:true|1|yes|on|mandatory|strict)$/.test(word)) on();
      return;
  }
}

/** Accounts that may do everything in a store by its own design. */
const SUPERUSERS: Readonly<Partial<Record<Engine, readonly string[]>>> = {
  postgresql: ['postgres'],
  mysql: ['root'],
  mssql: ['sa'],
  elasticsearch: ['elastic'],
  opensearch: ['admin'],
  mongodb: ['root', 'admin'],
  rabbitmq: ['guest'],
  neo4j: ['neo4j'],
  clickhouse: ['default'],
  couchdb: ['admin'],
};

export function isSuperuser(engine: Engine, user: string): boolean {
  return (SUPERUSERS[engine] ?? []).includes(user.toLowerCase());
}

/** The machine itself: nothing of it is on a network. */
export function isLoopbackName(host: string | null): boolean {
  if (host === null) return false;
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|\.|\(local\)|\(localdb\).*|host\.docker\.internal)$/i.test(host);
}

/** A text that stands for a value that is put in later: `${X}`, `$X`, `{{ x }}`, `<password>`, `%(x)s`, `***`. */
export function isReference(text: string): boolean {
  const value = text.trim();
  if (/\$\{|\$\(|\{\{|\}\}|<%|%\(|#\{|!\{|\$[A-Za-z_]|@@|__[A-Z_]+__/.test(value)) return true;
  if (/^<[^>]*>$|^\[[^\]]*\]$|^\{[^}]*\}$|^%[A-Za-z_]\w*%?$|^[*x.•-]+$/i.test(value)) return true;
  return /^(?:ENC\(|vault:|secretsmanager:|arn:aws:|op:\/\/|projects\/|sm:\/\/|ssm:|aws-sm:|file:|\/run\/secrets\/|env:|env\()/i.test(
    value,
  );
}

/** What a sample writes where a secret goes: it says itself that it is to be changed. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim().toLowerCase();
  if (isReference(text) || value === '') return true;
  return (
    /^(?:null|none|nil|undefined|todo|tbd|fixme|xxx+|\.\.\.|secret[-_]?here|your|my)?$/.test(value) ||
    /(?:^|[^a-z])(?:your|insert|replace|put|fill|enter|add|set|generate)[-_ ]?(?:a|an|in|me|me[-_ ]with|with|your|the|here|this|own|it)?(?:[^a-z]|$)/.test(
      value,
    ) ||
    /change[-_ ]?(?:me|this|it|in)|placeholder|dummy|redacted|not[-_ ]?set|to[-_ ]?be[-_ ]|_here$|-here$/.test(value)
  );
}
