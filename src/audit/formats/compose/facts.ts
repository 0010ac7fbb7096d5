/** What a compose project tells about the whole: its stores, and which accounts its services log in with. */

import { assetId } from '../../../core/asset.ts';
import { isSuperuser, readConnection } from '../../connections.ts';
import { authenticationOf } from '../../containers/authentication.ts';
import { hasMinioDefaultLogin, isGuessable, passwordsOf } from '../../containers/passwords.ts';
import type { Engine } from '../../declared.ts';
import type { AccountFact, Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile, RuleContext } from '../../model.ts';
import type { Span } from '../../source.ts';
import type { ComposeService } from './service.ts';

type ComposeFile = ReadFile<'docker-compose'>;

export function composeFacts(file: ComposeFile, context: RuleContext): Facts {
  const stores = new Map<string, { service: ComposeService; engine: Engine }>();
  for (const service of file.document.services) {
    if (service.image?.engine) stores.set(service.name, { service, engine: service.image.engine });
  }
  return {
    stores: [...stores.values()].map(({ service, engine }) => storeOf(file, service, engine, context)),
    accounts: file.document.services.flatMap((service) => [
      ...ownAccounts(file, service),
      ...usedAccounts(file, service, stores),
    ]),
  };
}

function placeOf({ document }: ComposeFile, span: Span, pointer: string): Place {
  return { ...document.place(span), pointer };
}

function assetOf({ source }: ComposeFile, service: ComposeService): string {
  return assetId('config', source.path, service.name);
}

function storeOf(file: ComposeFile, service: ComposeService, engine: Engine, context: RuleContext): StoreFact {
  const pointer = `services.${service.name}`;
  return {
    asset: assetOf(file, service),
    name: service.name,
    engine,
    version: service.image?.version ?? null,
    by: 'container',
    // The images bind every address of the container; a mounted file may say otherwise, and is asked first.
    listens: { on: 'everywhere', port: null, place: null },
    login: loginOf(file, service, context),
    encrypted: { state: 'unknown', place: null },
    behind: [],
    publicAddress: null,
    place: placeOf(file, service.nameSpan, pointer),
  };
}

function loginOf(file: ComposeFile, service: ComposeService, context: RuleContext): StoreFact['login'] {
  const pointer = `services.${service.name}`;
  const silent: RuleContext = { ...context, unknown: () => {} };
  const login = authenticationOf(service, silent);
  if (login.state === 'off') {
    const variable = login.by === 'variable' ? login.variable : null;
    const span = variable?.span ?? (login.by === 'command' ? service.command?.span : undefined) ?? service.image?.span;
    return {
      state: 'off',
      text: 'it asks for no login',
      place: placeOf(file, span ?? service.nameSpan, variable ? `${pointer}.environment.${variable.name}` : pointer),
    };
  }
  if (hasMinioDefaultLogin(service)) {
    return {
      state: 'weak',
      text: 'its login is the published default',
      place: placeOf(file, service.nameSpan, pointer),
    };
  }
  const weak = [...passwordsOf(service)].find((password) => isGuessable(password));
  if (weak) {
    return {
      state: 'weak',
      text: 'its password is one that everybody tries first',
      place: placeOf(file, weak.span, `${pointer}.${weak.pointer}`),
    };
  }
  const written = [...passwordsOf(service)].find(({ source }) => source === 'literal');
  if (written) {
    return {
      state: 'weak',
      text: 'its password stands in the file',
      place: placeOf(file, written.span, `${pointer}.${written.pointer}`),
    };
  }
  return login.state === 'on'
    ? { state: 'on', text: 'it asks for a login', place: null }
    : { state: 'unknown', text: login.reason, place: null };
}

/** The first account of a store, which its image makes an administrator. */
const FIRST_ACCOUNTS: Readonly<Partial<Record<Engine, readonly string[]>>> = {
  postgresql: ['POSTGRES_USER', 'POSTGRESQL_USERNAME'],
  mongodb: ['MONGO_INITDB_ROOT_USERNAME', 'MONGODB_ROOT_USER'],
  couchdb: ['COUCHDB_USER'],
  clickhouse: ['CLICKHOUSE_USER'],
  rabbitmq: ['RABBITMQ_DEFAULT_USER'],
  s3: ['MINIO_ROOT_USER', 'MINIO_ACCESS_KEY'],
  influxdb: ['DOCKER_INFLUXDB_INIT_USERNAME'],
};
const FIRST_NAMES: Readonly<Partial<Record<Engine, string>>> = {
  postgresql: 'postgres',
  mysql: 'root',
  mssql: 'sa',
  elasticsearch: 'elastic',
};

function ownAccounts(file: ComposeFile, service: ComposeService): AccountFact[] {
  const engine = service.image?.engine;
  if (!engine) return [];
  const names = FIRST_ACCOUNTS[engine] ?? [];
  const variable = service.environment.find(({ name, value }) => names.includes(name) && value);
  const name = variable?.value ?? (service.environmentComplete ? FIRST_NAMES[engine] : undefined);
  if (name === undefined || !isAccountName(name)) return [];
  const pointer = `services.${service.name}${variable ? `.environment.${variable.name}` : ''}`;
  const place = placeOf(file, variable?.span ?? service.nameSpan, pointer);
  return [{ store: assetOf(file, service), name, may: 'everything', usedBy: 'administrator', place }];
}

/** Names go into reports; what does not look like one is not taken for one. */
function isAccountName(text: string): boolean {
  return /^[A-Za-z][\w.@-]{0,63}$/.test(text);
}

const USER_NAME = /(?:^|_)(?:USER|USERNAME|USER_NAME|ADMINUSERNAME)$/i;
const HOST_NAME = /(?:^|_)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$/i;

/** With which accounts a service that is no store logs in to the stores of the project. */
function usedAccounts(
  file: ComposeFile,
  service: ComposeService,
  stores: ReadonlyMap<string, { service: ComposeService; engine: Engine }>,
): AccountFact[] {
  if (service.image?.engine) return [];
  const usedBy = service.image?.adminUi ? 'administrator' : 'back-end';
  const found: AccountFact[] = [];
  const add = (host: string | null, name: string, span: Span, variable: string): void => {
    const store = host === null ? undefined : stores.get(host);
    if (!store || !isAccountName(name)) return;
    found.push({
      store: assetOf(file, store.service),
      name,
      may: mayOf(store.service, store.engine, name),
      usedBy,
      place: placeOf(file, span, `services.${service.name}.environment.${variable}`),
    });
  };
  for (const { name, value, span, inner } of service.environment) {
    // The password is mostly a variable; who and where stand beside it.
    const written = value ?? (inner && file.document.text.text.slice(inner.start, inner.end));
    const connection = written === null ? null : readConnection(written);
    if (connection?.user) add(connection.host, connection.user.text, span, name);
    if (value === null || !USER_NAME.test(name)) continue;
    // `DB_USER` belongs to `DB_HOST`.
    const prefix = name.replace(USER_NAME, '');
    const host = service.environment.find(
      (other) => HOST_NAME.test(other.name) && other.name.replace(HOST_NAME, '') === prefix,
    )?.value;
    add((host ?? '').split(':', 1)[0] ?? null, value, span, name);
  }
  return found;
}

function mayOf(store: ComposeService, engine: Engine, name: string): AccountFact['may'] {
  if (isSuperuser(engine, name)) return 'everything';
  const first = store.environment.find((variable) => (FIRST_ACCOUNTS[engine] ?? []).includes(variable.name))?.value;
  return first === name ? 'everything' : 'unknown';
}
