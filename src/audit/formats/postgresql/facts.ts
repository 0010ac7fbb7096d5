/** What postgresql.conf, with the pg_hba.conf beside it, tells about the whole. */
import { assetId } from '../../../core/asset.ts';
import type { Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile, RuleContext } from '../../model.ts';
import { reachOf } from '../pg-hba/address.ts';
import { effectiveRows } from '../pg-hba/covers.ts';
import { addressesOf, booleanOf, isLoopbackAddress, postgresqlViews } from './effective.ts';
import type { PostgresqlSetting } from './parse.ts';

export function postgresqlFacts(file: ReadFile<'postgresql.conf'>, context: RuleContext): Facts {
  const { source } = file;
  const [view] = postgresqlViews(file, context.runtimes);
  if (!view) return {};
  const placeOf = (setting: PostgresqlSetting | undefined): Place | null =>
    setting ? { source: setting.source ?? source, span: setting.span, pointer: setting.name } : null;
  const addresses = addressesOf(view);
  const port = view.last('port')?.value ?? '5432';
  const ssl = booleanOf(view, 'ssl');
  return {
    stores: [
      {
        asset: assetId('config', source.path),
        name: source.path,
        engine: 'postgresql',
        version: view.runtime?.declared.version ?? (view.version === null ? null : String(view.version)),
        by: 'native',
        listens: {
          on: whereOf(addresses, view.complete),
          port: /^\d{1,5}$/.test(port) ? Number(port) : null,
          place: placeOf(view.last('listen_addresses')),
        },
        login: loginOf(context),
        encrypted: { state: ssl === null ? 'unknown' : ssl ? 'on' : 'off', place: placeOf(view.last('ssl')) },
        behind: [],
        publicAddress: null,
        place: placeOf(file.document.settings[0]) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
      },
    ],
  };
}

function whereOf(addresses: string[] | null, complete: boolean): StoreFact['listens']['on'] {
  if (addresses === null) return complete ? 'loopback' : 'unknown';
  if (addresses.some((address) => ['*', '0.0.0.0', '::'].includes(address))) return 'everywhere';
  return addresses.every(isLoopbackAddress) ? 'loopback' : addresses;
}

function loginOf(context: RuleContext): StoreFact['login'] {
  const files = context.beside('pg_hba.conf');
  for (const { source, document } of files) {
    const open = effectiveRows(document.rows).find(
      ({ method, address, options }) =>
        method === 'trust' &&
        address !== null &&
        reachOf(address.range) !== 'loopback' &&
        !options.some(({ name }) => name === 'clientcert'),
    );
    if (open) {
      const place = { source: open.source ?? source, span: open.methodSpan, pointer: 'trust' };
      return { state: 'off', text: 'pg_hba.conf trusts the network', place };
    }
  }
  const complete = files.length > 0 && files.every(({ document }) => document.complete);
  return complete
    ? { state: 'on', text: 'pg_hba.conf asks everybody from the network', place: null }
    : { state: 'unknown', text: 'pg_hba.conf decides, and it is not all here', place: null };
}
