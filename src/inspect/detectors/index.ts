/** Everything that looks at the strings of a package, behind one `string()`. */
import type { InspectCredential, InspectEndpoint, ManagedStore } from '../../core/contract/inspect.ts';
import type { FoundCall, FoundString } from '../source.ts';
import type { OwnCode } from './android/own-code.ts';
import { createCredentials } from './credentials.ts';
import { createEndpoints, toEndpoint } from './endpoints.ts';
import { compare, createPlaceBudget } from './evidence.ts';
import type { FirstParty } from './origin.ts';
import { byOrigin } from './origin-rank.ts';
import { createPlaces, type Owners } from './place.ts';
import { createStores } from './stores.ts';

export interface DetectedStrings {
  endpoints: InspectEndpoint[];
  stores: ManagedStore[];
  credentials: InspectCredential[];
  /** Endpoints were dropped because there were too many. */
  overflow: boolean;
}

export interface Detectors {
  string(found: FoundString): void;
  call(found: FoundCall): void;
  /** Judges what was found; the result renders it, redacted unless `reveal`. */
  finish(app: FirstParty, redactionKey: Uint8Array, ownCode?: OwnCode): (reveal: boolean) => DetectedStrings;
}

export function createDetectors(owners?: Owners): Detectors {
  const places = createPlaces(owners);
  const budget = createPlaceBudget();
  const endpoints = createEndpoints(places, budget);
  const stores = createStores(places, budget);
  const credentials = createCredentials(places, budget);
  return {
    string(found) {
      if (found.text.length < 3) return;
      credentials.take(found);
      if (!stores.take(found)) endpoints.take(found);
    },
    call: credentials.call,
    finish(app, redactionKey, ownCode) {
      const judged = endpoints.judge({ ...app, ownCode });
      const foundStores = stores.finish(judged);
      const renderCredentials = credentials.finish(judged, redactionKey, ownCode);
      return (reveal) => ({
        endpoints: judged
          .map((one) => ({ rank: one.rank, endpoint: toEndpoint(one, reveal) }))
          .sort(
            ({ rank: first, endpoint: a }, { rank: second, endpoint: b }) =>
              byOrigin(a.origin, b.origin) || first - second || compare(a.url, b.url) || compare(a.raw, b.raw),
          )
          .map(({ endpoint }) => endpoint),
        stores: foundStores,
        credentials: renderCredentials(reveal),
        overflow: endpoints.overflow,
      });
    },
  };
}
