import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The import rules of the house. A room may import itself, its row here, `node:` modules and packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  crypto: ['core'],
  classify: ['core'],
  net: ['core', 'crypto'],
  inspect: ['core'],
  audit: ['core', 'firewall'],
  probe: ['core', 'net'],
  firewall: ['core'],
  watch: ['core'],
  report: ['core'],
  config: ['core'],
  guard: ['core', 'crypto', 'config'],
  db: ['core', 'crypto', 'config', 'guard'],
  erase: ['core', 'crypto', 'config', 'guard'],
  client: [],
  check: ['core', 'crypto', 'net', 'config', 'inspect', 'audit', 'probe', 'classify', 'firewall'],
  cli: [
    'core',
    'crypto',
    'net',
    'config',
    'inspect',
    'audit',
    'probe',
    'classify',
    'firewall',
    'watch',
    'check',
    'report',
    'guard',
    'db',
    'erase',
    'lab',
  ],
};

/** Files of other rooms that open or take connections: to what the operator names, never to something that is being judged. */
const OWN_CONNECTIONS: ReadonlySet<string> = new Set([
  'src/guard/listener/server.ts',
  'src/guard/upstream/connection.ts',
  'src/guard/authn/fetch.ts',
  'src/guard/run/admin.ts',
  'src/db/valkey.ts',
  'src/db/post.ts',
  'src/guard/upstream/postgresql.ts',
  'src/guard/devices/google.ts',
  'src/crypto/keyring/transit.ts',
  'src/crypto/keyring/aws-kms.ts',
  'src/db/postgresql-pool.ts',
  'src/watch/notify/deliver.ts',
]);

/** Modules that open connections; only `net` may reach something that is being judged. */
const CONNECTING =
  /^(?:node:)?(?:net|tls|http|https|http2|dgram)$|^(?:undici|redis|pg|nodemailer|@aws-sdk\/client-kms)$/;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

interface Import {
  file: string;
  specifier: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}testing${sep}`));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found: Import[] = [];
  const statement =
    /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  for (const match of text.matchAll(statement)) {
    found.push({ file, specifier: match[2] ?? match[3] ?? '', typeOnly: match[1] !== undefined });
  }
  return found;
}

function roomOf(file: string): string {
  const [top, room] = relative(root, file).split(sep);
  return top === 'src' ? (room ?? '') : (top ?? '');
}

const files = sources('src');
const imports = files.flatMap(importsOf);

describe('the house', () => {
  it('has sources and imports to check in every room', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it('lets a room import only the rooms of its row', () => {
    const broken = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ file, specifier }) => ({ file, from: roomOf(file), to: roomOf(resolve(dirname(file), specifier)) }))
      .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
      .map(({ file, to }) => `${relative(root, file)} imports ${to}`);
    expect(broken).toEqual([]);
  });

  it('opens connections in net alone', () => {
    const broken = imports
      .filter(({ file, specifier, typeOnly }) => !typeOnly && CONNECTING.test(specifier) && roomOf(file) !== 'net')
      .filter(({ file }) => !OWN_CONNECTIONS.has(relative(root, file).split(sep).join('/')))
      // BlockList and isIP judge addresses, STATUS_CODES is a table; they open nothing.
      .filter(({ file, specifier }) => !opensNothing(file, specifier))
      .map(({ file, specifier }) => `${relative(root, file)} imports ${specifier}`);
    expect(broken).toEqual([]);
  });

  it('prints requests to a store in one file, from typed parts', () => {
    const claiming = files.filter((file) => /\bas (?:unknown as )?UpstreamRequest\b/.test(readFileSync(file, 'utf8')));
    expect(claiming.map((file) => relative(root, file).split(sep).join('/'))).toEqual([
      'src/guard/stores/elasticsearch/encode.ts',
    ]);
    const statements = files.filter((file) => /\bas (?:unknown as )?SqlStatement\b/.test(readFileSync(file, 'utf8')));
    expect(statements.map((file) => relative(root, file).split(sep).join('/'))).toEqual([
      'src/guard/stores/postgresql/print.ts',
    ]);
  });

  it('opens no connection by a global or a resolver either', () => {
    const broken = files
      .filter((file) => roomOf(file) !== 'net')
      .filter((file) =>
        /\bfetch\(|\bnew (?:WebSocket|EventSource)\(|['"]node:dns(?:\/promises)?['"]/.test(readFileSync(file, 'utf8')),
      )
      .map((file) => relative(root, file));
    expect(broken).toEqual([]);
  });

  it('registers plug-ins by a line in an index, never by an import for its side effect', () => {
    const broken = files.filter((file) => /^\s*import\s+['"]\.[^'"]*['"]/m.test(readFileSync(file, 'utf8')));
    expect(broken.map((file) => relative(root, file))).toEqual([]);
  });

  it('has no import cycle between files', () => {
    const graph = new Map<string, string[]>();
    for (const { file, specifier, typeOnly } of imports) {
      if (typeOnly || !specifier.startsWith('.')) continue;
      graph.set(file, [...(graph.get(file) ?? []), resolve(dirname(file), specifier)]);
    }
    expect(cycle(graph)?.map((file) => relative(root, file))).toBeUndefined();
  });

  it('keeps the product free of the practice range, which only the lab verb loads', () => {
    const broken = imports
      .filter(({ file, specifier }) => specifier.startsWith('.') && roomOf(resolve(dirname(file), specifier)) === 'lab')
      .filter(({ file }) => roomOf(file) !== 'lab' && !file.endsWith(`${sep}cli${sep}lab.ts`))
      .map(({ file }) => relative(root, file));
    expect(broken).toEqual([]);
  });
});

function opensNothing(file: string, specifier: string): boolean {
  const text = readFileSync(file, 'utf8');
  const escaped = specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const named = new RegExp(`import\\s+\\{([^}]*)\\}\\s+from\\s+['"]${escaped}['"]`).exec(text);
  return (
    named !== null &&
    (named[1] ?? '').split(',').every((name) => /^\s*(?:isIP|isIPv4|isIPv6|BlockList|STATUS_CODES)?\s*$/.test(name))
  );
}

function cycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(file);
    return undefined;
  }
  for (const file of graph.keys()) {
    const found = visit(file);
    if (found) return found;
  }
  return undefined;
}
