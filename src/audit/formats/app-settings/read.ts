/**
 * Settings of a back end, in the forms its frameworks read: `.env` files, `application.properties` and `application.yml`
 * (Spring, Quarkus), `appsettings.json` (.NET), `config/*.json` (Node), Django's `settings.py` (literal assignments only),
 * and the JSON of a Google service account. All become one list of names and values with their places.
 *
 * Sources: https://docs.docker.com/reference/compose-file/services/#env_file (the lines of `.env`),
 * https://docs.spring.io/spring-boot/reference/features/external-config.html , the format of java.util.Properties,
 * https://learn.microsoft.com/aspnet/core/fundamentals/configuration/ , https://docs.djangoproject.com/en/5.2/topics/settings/
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format, SettingView, Siblings } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import { readYaml } from '../yaml/read.ts';
import { yamlSkips } from '../yaml/skips.ts';
import { appFacts } from './facts.ts';
import { dotenvSettings, propertiesSettings } from './lines.ts';
import { pythonSettings } from './python.ts';
import { treeSettings } from './tree.ts';

export interface AppSetting {
  /** As written: `DB_PASSWORD`, `spring.datasource.password`, `DATABASES.default.PASSWORD`. */
  pointer: string;
  /** The last part of it. */
  name: string;
  /** Settings of one store or client stand in one group: `DB`, `spring.datasource`. */
  group: string;
  /** Null: not a text that is written here. */
  value: string | null;
  /** The value is used when the environment gives none. */
  fallback: boolean;
  /** Of the value; of the name where there is none. */
  span: Span;
  /** The span holds the very value, so that offsets into it hold. */
  exact: boolean;
}

export type AppSettingsKind = 'dotenv' | 'properties' | 'yaml' | 'json' | 'python';

export interface AppSettingsDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  kind: AppSettingsKind;
  /** A file that is to be copied and filled in: `.env.example`. */
  sample: boolean;
  /** Named after development or tests. */
  development: boolean;
  /** A `.gitignore` beside it or at the root names it, so it is not in version control. */
  ignored: boolean;
  settings: readonly AppSetting[];
}

const LOOKED_AT = 65_536;
const MAX_CHARACTERS = 2_000_000;

export const appSettingsFormat: Format<'app-settings'> = {
  name: 'app-settings',
  title: 'settings of the back end (.env, Spring, Django, Node, .NET)',
  recognises: (path, text) => kindOf(path, text) !== null,
  read(source, siblings) {
    const skips: Skip[] = [];
    const kind = kindOf(source.path, source.text) ?? guessed(source.text);
    let settings: AppSetting[] = [];
    if (source.text.length > MAX_CHARACTERS) {
      const reason = `longer than ${MAX_CHARACTERS} characters`;
      skips.push({ subject: source.path, code: 'SETTINGS_LIMIT', reason, severity: 'incomplete' });
    } else if (kind === 'dotenv') settings = dotenvSettings(source.text);
    else if (kind === 'properties') settings = propertiesSettings(source.text);
    else if (kind === 'python') settings = pythonSettings(source.text);
    else {
      const { roots, problems } = readYaml(source.text);
      skips.push(...yamlSkips(source, problems));
      settings = treeSettings(roots);
    }
    const complete = skips.every(({ severity }) => severity !== 'incomplete');
    return {
      document: { complete, kind, settings, ...roleOf(source, siblings) },
      status: complete ? 'read' : settings.length > 0 ? 'partial' : 'failed',
      skips,
    };
  },
  settings: settingsOf,
  facts: appFacts,
};

function* settingsOf({ settings }: AppSettingsDocument): Generator<SettingView> {
  const seen = new Map<string, number>();
  for (const { pointer, value, span } of settings) {
    if (span.end <= span.start) continue;
    const count = (seen.get(pointer) ?? 0) + 1;
    seen.set(pointer, count);
    yield {
      pointer: count > 1 ? `${pointer} #${count}` : pointer,
      values: value === null || value === '' ? [] : [value],
      span,
    };
  }
}

function roleOf({ path }: Source, siblings: Siblings): Pick<AppSettingsDocument, 'sample' | 'development' | 'ignored'> {
  const name = basename(path);
  const lower = path.toLowerCase();
  return {
    sample:
      /[._-](?:example|sample|dist|template|tpl|tmpl|default|defaults|schema|skel)(?:[._-]|$)/i.test(name) ||
      /^(?:example|sample|template|defaults?)[._-]/i.test(name),
    development:
      /(?:^|[._-])(?:dev|develop|development|local|test|tests|testing|ci|e2e|debug|cypress)(?:[._-]|$)/i.test(name) ||
      /(?:^|\/)(?:tests?|__tests__|fixtures?|testdata|examples?|samples?|demo|e2e|docs?)\//.test(lower) ||
      /settings\/(?:dev|development|local|test|tests|testing|ci)\.py$/.test(lower) ||
      /(?:^|\/)src\/test\//.test(lower),
    ignored: isIgnored(path, siblings),
  };
}

/** Whether a `.gitignore` names the file. Only plain patterns are understood; what is not is taken for "not named". */
function isIgnored(path: string, siblings: Siblings): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  for (let depth = 0; depth < Math.min(parts.length, 12); depth += 1) {
    const folder = parts.slice(0, depth).join('/');
    const text = siblings.text(folder === '' ? '.gitignore' : `${folder}/.gitignore`);
    if (text === null) continue;
    let named = false;
    for (const line of text.slice(0, LOOKED_AT).split('\n').slice(0, 2_000)) {
      const pattern = line.trim();
      if (pattern === '' || pattern.startsWith('#')) continue;
      const not = pattern.startsWith('!');
      const glob = pattern.slice(not ? 1 : 0).replace(/^\/|^\*\*\//, '');
      const subject = glob.includes('/') ? parts.slice(depth).join('/') : name;
      if (matches(glob, subject)) named = !not;
    }
    if (named) return true;
  }
  return false;
}

/** A glob of names and single stars. */
function matches(glob: string, subject: string): boolean {
  const pieces = glob.split('*');
  if (pieces.length === 1) return glob === subject;
  if (pieces.length > 6) return false;
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const found = index === 0 ? (subject.startsWith(piece) ? 0 : -1) : subject.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = pieces.at(-1) ?? '';
  return last === '' || subject.endsWith(last);
}

/** The kind of settings file this is; null when it is none. */
function kindOf(path: string, text: string): AppSettingsKind | null {
  const name = basename(path);
  const head = text.slice(0, LOOKED_AT);
  if (
    /(?:^|[._-])env(?:[._-][\w.-]+)?$/i.test(name) &&
    !/\.(?:ya?ml|json|toml|sh|md|ts|js|py|d|rc|tf|conf|nix|lock)$/i.test(name)
  ) {
    return looksLikeDotenv(head) ? 'dotenv' : null;
  }
  if (/^(?:application|bootstrap|microprofile-config)[\w.-]*\.properties$/i.test(name)) {
    return /^[ \t]*[\w.%"[\]-]{2,200}[ \t]*[=:]/m.test(head) ? 'properties' : null;
  }
  if (/^(?:application|bootstrap)[\w.-]*\.ya?ml$/i.test(name)) {
    if (/^(?:apiVersion|kind|services|AWSTemplateFormatVersion)[ \t]*:/m.test(head)) return null;
    return /^["']?(?:spring|server|management|quarkus|micronaut|datasources?|logging|app|jwt|security|database|db|redis|mongodb|eureka|dubbo|mybatis(?:-plus)?|jhipster)["']?[ \t]*:/m.test(
      head,
    )
      ? 'yaml'
      : null;
  }
  if (/\.json$/i.test(name) && /^\ufeff?\s*\{/.test(head)) {
    if (/"type"\s{0,20}:\s{0,20}"service_account"/.test(head) && head.includes('"private_key"')) return 'json';
    if (/^appsettings[\w.-]*\.json$/i.test(name)) return 'json';
    const inConfig =
      /(?:^|\/)config\/(?:[\w-]+\/)?(?:default|production|prod|development|dev|staging|stage|local|test|config|database|db|secrets?|custom-environment-variables)[\w.-]*\.json$/i.test(
        path,
      );
    return inConfig &&
      /"(?:password|passwd|uri|url|connectionString|secret\w*|database|db|redis|mongo\w*|host)"\s{0,20}:/i.test(head)
      ? 'json'
      : null;
  }
  if (/(?:^|\/)(?:\w*settings\w*|settings\/\w+)\.py$/.test(path)) {
    return /^(?:DATABASES|SECRET_KEY|DEBUG|INSTALLED_APPS|ALLOWED_HOSTS|MIDDLEWARE|ROOT_URLCONF|SQLALCHEMY_DATABASE_URI)[ \t]*=/m.test(
      head,
    )
      ? 'python'
      : null;
  }
  return null;
}

/** For a text without a name. */
function guessed(text: string): AppSettingsKind {
  const head = text.slice(0, LOOKED_AT);
  if (/^\ufeff?\s*\{/.test(head)) return 'json';
  if (/^[a-z]+\.[\w.-]+[ \t]*=/m.test(head)) return 'properties';
  if (/^\w+ = (?:['"{\w])/m.test(head)) return 'python';
  return /^[a-z][\w-]*:[ \t]*\r?$/m.test(head) ? 'yaml' : 'dotenv';
}

/** Nearly every line that is no comment sets a name. */
function looksLikeDotenv(head: string): boolean {
  let set = 0;
  let other = 0;
  for (const line of head.split('\n', 2_000)) {
    const text = line.slice(0, 300).trim();
    if (text === '' || text.startsWith('#')) continue;
    if (/^(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=/.test(text)) set += 1;
    else other += 1;
  }
  return set > 0 && set >= other * 2;
}
