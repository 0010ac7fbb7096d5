/** Managed back ends: by the form of an endpoint's host, by the name of the resource that holds the value, or by the value's own form. */
import type { ManagedStore } from '../../core/contract/inspect.ts';
import { projectInName } from '../data/stores/firebase.ts';
import type { FoundString } from '../source.ts';
import type { EndpointDraft, JudgedEndpoint } from './endpoints.ts';
import { compare, createEvidence, type EvidenceList, type PlaceBudget } from './evidence.ts';
import type { Judgement } from './origin.ts';
import { byOrigin } from './origin-rank.ts';
import { type PlaceOf, placeOfValue } from './place.ts';
import { type StoreMatch, storeOfHost, storeOfString } from './store-forms.ts';

interface StoreDraft {
  match: StoreMatch;
  judgement: Judgement;
  evidence: EvidenceList;
}

export interface Stores {
  /** @returns true when the string is a store's name and nothing else needs to look at it */
  take(found: FoundString): boolean;
  finish(endpoints: readonly JudgedEndpoint[]): ManagedStore[];
}

export function createStores(placeOf: PlaceOf, budget: PlaceBudget): Stores {
  const drafts = new Map<string, StoreDraft>();

  function add(match: StoreMatch, judgement: Judgement): EvidenceList {
    const key = `${match.kind}\0${match.id}`;
    const known = drafts.get(key);
    if (known === undefined) {
      const evidence = createEvidence(budget);
      drafts.set(key, { match, judgement, evidence });
      return evidence;
    }
    if (byOrigin(judgement.origin, known.judgement.origin) < 0) known.judgement = judgement;
    known.match = { ...match, ...known.match };
    return known.evidence;
  }

  /**
   * Dart snapshots, Hermes bytecode and minified scripts hold the values of a Firebase configuration without their keys:
   * the app id shows that there is one, the bucket and the domain contain the project's name.
   */
  function nameProjects(): void {
    const own = [...drafts.values()].filter(({ judgement }) => judgement.origin === 'app');
    const has = (kind: string) => own.some(({ match }) => match.kind === kind);
    if (!has('google-app-id') || has('firebase-project')) return;
    for (const { match, judgement, evidence } of own) {
      const id = projectInName(match.kind, match.id);
      if (id === undefined) continue;
      const places = add({ kind: 'firebase-project', id }, judgement);
      for (const place of evidence.list()) places.add(place);
    }
  }

  return {
    take(found) {
      const match = storeOfString(found);
      if (match === undefined) return false;
      add(match, placeOfValue(placeOf, found)).add(found);
      return true;
    },
    finish(endpoints) {
      for (const { draft, judgement } of endpoints) {
        const match = storeOfEndpoint(draft);
        if (match === undefined) continue;
        const evidence = add(match, judgement);
        for (const place of draft.evidence.list()) evidence.add(place);
      }
      nameProjects();
      return [...drafts.values()]
        .map(({ match, judgement, evidence }) => ({ ...match, origin: judgement.origin, evidence: evidence.list() }))
        .sort((a, b) => byOrigin(a.origin, b.origin) || compare(a.kind, b.kind) || compare(a.id, b.id));
    },
  };
}

function storeOfEndpoint(draft: EndpointDraft): StoreMatch | undefined {
  const host = draft.parsed?.host ?? draft.bare?.host;
  if (host === undefined) return undefined;
  const path = draft.parsed === undefined ? (draft.bare?.path ?? '') : `${draft.parsed.path}${draft.parsed.query}`;
  return storeOfHost(draft.parsed?.scheme, host, path);
}
