/** Which indices the stores have, asked with the gateway's own account, for rules that name patterns. */

import { parseAnswer } from '../json/index.ts';
import { isJsonObject } from '../json/value.ts';
import type { Catalogue } from '../policy/policy.ts';
import { authorize } from '../stores/elasticsearch/encode.ts';
import type { BoundStore } from './stores.ts';

const REFRESH_MS = 30_000;
const NONE: ReadonlySet<string> = new Set();

export interface LiveCatalogue extends Catalogue {
  close(): void;
}

/**
 * Asks at once and then every half minute. Until a store has answered it has no indices, so patterns grant nothing; one that
 * stops answering keeps what it last said.
 */
export function watchCatalogue(
  stores: ReadonlyMap<string, BoundStore>,
  onFailure: (upstream: string) => void,
): LiveCatalogue {
  const known = new Map<string, ReadonlySet<string>>();
  const refresh = async () => {
    for (const [name, { upstream }] of stores) {
      try {
        const answer = await upstream.send(
          authorize({ method: 'GET', segments: ['_resolve', 'index', '*'], query: [['expand_wildcards', 'open']] }),
        );
        // An error has a body without indices, which is not to be read as a store without any.
        if (answer.status !== 200) throw new Error(`status ${answer.status}`);
        const names = namesOf(parseAnswer(answer.body));
        const before = known.get(name);
        // The set's identity tells caches that something changed.
        if (before === undefined || before.size !== names.size || [...names].some((one) => !before.has(one)))
          known.set(name, names);
      } catch {
        onFailure(name);
      }
    }
  };
  void refresh();
  const timer = setInterval(() => void refresh(), REFRESH_MS);
  timer.unref();
  return { indices: (upstream) => known.get(upstream) ?? NONE, close: () => clearInterval(timer) };
}

/** `{"indices":[{"name"}],"aliases":[…],"data_streams":[{"name"}]}`; aliases are not taken: they are somebody else's to define. */
function namesOf(answer: ReturnType<typeof parseAnswer>): Set<string> {
  const names = new Set<string>();
  if (!isJsonObject(answer)) return names;
  for (const list of [answer.indices, answer.data_streams]) {
    for (const one of Array.isArray(list) ? list : []) {
      if (isJsonObject(one) && typeof one.name === 'string' && !one.name.startsWith('.')) names.add(one.name);
    }
  }
  return names;
}
