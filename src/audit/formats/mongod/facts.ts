/** What a mongod.conf tells about the whole. */
import { assetId } from '../../../core/asset.ts';
import type { Facts, Place } from '../../facts.ts';
import type { ReadFile, RuleContext } from '../../model.ts';
import type { Setting } from '../settings/read.ts';
import { accessControl, firstOf, isRouter, listening } from './effective.ts';

export function mongodFacts({ source, document }: ReadFile<'mongod.conf'>, { runtimes }: RuleContext): Facts {
  const place = (setting: Setting | null | undefined): Place | null =>
    setting ? { source, span: setting.span, pointer: setting.key } : null;
  const access = accessControl(document, runtimes);
  const router = isRouter(document);
  const tls = firstOf(document, 'net.tls.mode', 'net.ssl.mode');
  const mode = tls?.variable ? undefined : tls?.values[0]?.toLowerCase();
  const port = document.settings.get('net.port');
  const number = port ? Number.parseInt(port.values[0] ?? '', 10) : 27_017;
  const bound = listening(document);
  const on = bound.on === 'network' ? bound.addresses : bound.on;
  const versions = new Set(runtimes.map(({ declared }) => declared.version));
  return {
    stores: [
      {
        asset: assetId('config', source.path),
        name: source.path,
        engine: 'mongodb',
        version: versions.size === 1 ? ([...versions][0] ?? null) : null,
        by: 'native',
        listens: { on, port: Number.isInteger(number) ? number : null, place: place(bound.setting) ?? place(port) },
        login: {
          state: router ? 'unknown' : access.state,
          text:
            access.state === 'off'
              ? 'access control is off'
              : access.state === 'on'
                ? 'access control is on'
                : 'not said',
          place: access.state === 'unknown' ? null : place(access.setting),
        },
        encrypted: {
          state:
            mode === undefined ? (tls || !document.complete ? 'unknown' : 'off') : /^require/.test(mode) ? 'on' : 'off',
          place: place(tls),
        },
        behind: [],
        publicAddress: null,
        place: place(document.settings.values().next().value) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
      },
    ],
  };
}
