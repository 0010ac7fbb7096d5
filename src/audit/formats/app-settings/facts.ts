/** Which accounts the back end logs in with. */
import { isReference, isSuperuser } from '../../connections.ts';
import type { Facts } from '../../facts.ts';
import type { ReadFile } from '../../model.ts';
import { clientsOf } from './stores.ts';

export function appFacts({ source, document }: ReadFile<'app-settings'>): Facts {
  if (document.sample) return {};
  return {
    accounts: clientsOf(document).flatMap(({ engine, user }) => {
      // Names go into reports; what does not look like one is not taken for one.
      if (!user || isReference(user.text) || !/^[A-Za-z][\w.@-]{0,63}$/.test(user.text)) return [];
      return [
        {
          store: engine,
          name: user.text,
          may: isSuperuser(engine, user.text) ? ('everything' as const) : ('unknown' as const),
          usedBy: 'back-end' as const,
          place: { source, span: user.span, pointer: user.setting.pointer },
        },
      ];
    }),
  };
}
