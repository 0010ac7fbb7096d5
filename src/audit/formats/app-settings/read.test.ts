import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { appSettingsFormat } from './read.ts';
import { clientsOf } from './stores.ts';

function read(path: string, text: string, files: Record<string, string> = {}) {
  return appSettingsFormat.read(sourceOf(path, text), { text: (other) => files[other] ?? null }).document;
}

describe('recognition of settings files', () => {
  const cases: [string, string, string | null][] = [
    ['.env', 'A=1\n', 'app-settings'],
    ['deploy/prod.env', '# x\nexport A="1"\nB=2\n', 'app-settings'],
    ['.env.d.ts', 'A=1\n', null],
    ['src/environment', 'this is prose\nand more prose\n', null],
    ['application.yml', 'spring:\n  application:\n    name: x\n', 'app-settings'],
    ['application.yml', 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {}\n', null],
    ['application-prod.properties', 'server.port=8080\n', 'app-settings'],
    ['gradle.properties', 'org.gradle.jvmargs=-Xmx2g\n', null],
    ['api/appsettings.Production.json', '{"Logging": {}}', 'app-settings'],
    ['config/production.json', '{"database": {"host": "db"}}', 'app-settings'],
    ['config/icons.json', '{"database": {"host": "db"}}', null],
    ['keys/x.json', '{"type": "service_account", "private_key": "x"}', 'app-settings'],
    ['shop/settings.py', 'DEBUG = False\n', 'app-settings'],
    ['shop/settings/production.py', "SECRET_KEY = 'x'\n", 'app-settings'],
    ['shop/settings_menu.py', 'class Menu:\n    pass\n', null],
    ['package.json', '{"name": "x", "database": "y"}', null],
  ];
  for (const [path, text, format] of cases) {
    it(`${format === null ? 'leaves' : 'takes'} ${path} ${JSON.stringify(text).slice(0, 30)}`, () => {
      const found = recognise(path, text);
      if (format === null) expect(found).not.toBe('app-settings');
      else expect(found).toBe(format);
    });
  }
});

describe('settings of a Python module', () => {
  it('are its literal assignments, and nothing else', () => {
    const { settings } = read(
      'shop/settings.py',
      `A = 'one'  # note
B = "two" + suffix
C = os.environ['C']
D = os.environ.get("D", 'fallback')
E = env('E', default="other")
F = '''long
G = "inside a string"
'''
H = {
    'x': 'y', 'z': call(a, b), "n": {'deep': True},
    'last': 'end',
}
I = f'{A}'
J = 'escaped \\' quote'
if True:
    K = 'indented'
`,
    );
    expect(settings.map(({ pointer, value, fallback }) => [pointer, value, fallback])).toEqual([
      ['A', 'one', false],
      ['D', 'fallback', true],
      ['E', 'other', true],
      ['F', 'long\nG = "inside a string"\n', false],
      ['H.x', 'y', false],
      ['H.n.deep', 'True', false],
      ['H.last', 'end', false],
      ['J', "escaped \\' quote", false],
    ]);
  });

  it('end somewhere, however brackets and quotes are left open', () => {
    for (const text of ["A = {'a': {'b': ", "A = '''", 'A = {'.repeat(50_000), "A = {'x': [[[[", 'A = env(']) {
      expect(read('settings.py', text).settings.length).toBeLessThan(2);
    }
  });
});

describe('files that hold no secret of a running system', () => {
  it('are samples by their name', () => {
    for (const path of ['.env.example', '.env.dist', 'sample.env', '.env.local.sample', 'defaults.env']) {
      expect(read(path, 'A=1\n').sample, path).toBe(true);
    }
    for (const path of ['.env', '.env.production', 'prod.env']) expect(read(path, 'A=1\n').sample, path).toBe(false);
  });

  it('are named by a .gitignore beside or above them', () => {
    expect(read('api/.env', 'A=1\n', { '.gitignore': 'node_modules\n.env*\n!.env.example\n' }).ignored).toBe(true);
    expect(read('api/.env', 'A=1\n', { 'api/.gitignore': '/.env\n' }).ignored).toBe(true);
    expect(read('api/.env', 'A=1\n', { '.gitignore': 'other/.env\n' }).ignored).toBe(false);
    expect(read('api/.env.production', 'A=1\n', { '.gitignore': '.env\n' }).ignored).toBe(false);
    expect(read('.env', 'A=1\n', { '.gitignore': '.env\n!.env\n' }).ignored).toBe(false);
  });
});

describe('the stores that settings lead to', () => {
  it('are told by connection strings and by groups of names', () => {
    const document = read(
      '.env',
      'DB_CONNECTION=mysql\nDB_HOST=db.example.com\nDB_USERNAME=shop\nDB_PASSWORD=${P}\nMONGO_URL=mongodb://a:b@m1,m2/x\nSMTP_HOST=mail\nSMTP_USER=x\n',
    );
    expect(clientsOf(document).map(({ engine, host, user }) => [engine, host, user?.text])).toEqual([
      ['mongodb', 'm1', 'a'],
      ['mysql', 'db.example.com', 'shop'],
    ]);
  });

  it('become accounts of the back end', () => {
    const source = sourceOf('.env', 'DATABASE_URL=postgresql://postgres:x@db/shop\n');
    const { document } = appSettingsFormat.read(source, { text: () => null });
    const facts = appSettingsFormat.facts?.(
      { format: 'app-settings', source, document },
      {
        runtimes: [],
        mounted: () => ({ files: [], missing: false }),
        beside: () => [],
        all: () => [],
        unknown: () => {},
      },
    );
    expect(facts?.accounts).toMatchObject([
      { store: 'postgresql', name: 'postgres', may: 'everything', usedBy: 'back-end' },
    ]);
  });
});

it('no message shows a secret', () => {
  const secret = 'correct-horse-example-9';
  const { report } = auditText(
    `=== .env\nDB_PASSWORD=${secret}\nURL=postgresql://u:${secret}@db.example.com/x\nVITE_DB_PASSWORD=${secret}\n`,
  );
  expect(report.findings.length).toBeGreaterThan(2);
  expect(JSON.stringify(report)).not.toContain(secret);
});
