import { categoryTitle } from '../../core/category.ts';
import type { Finding } from '../../core/finding.ts';
import type { Patch } from '../../core/patch.ts';
import { OWNERS, type Owner } from '../../core/severity.ts';
import type { Task } from '../../core/story.ts';
import { counted, nounsOf, series } from '../../core/words.ts';
import { inOrder } from '../gather/probed.ts';
import { authorityOf } from '../words.ts';
import { storeName } from './clauses.ts';
import type { StoreContext } from './context.ts';

/** What each owner does about an exposed store, in the order of the owners; every finding is in one task. */
export function tasksOf(context: StoreContext): Task[] {
  return OWNERS.flatMap((owner) => {
    const findings = context.findings.filter((finding) => finding.owner === owner);
    const task = TASKS[owner](context, findings);
    return task ? [{ ...task, owner, findings: prints(findings), patches: patchesOf(findings) }] : [];
  });
}

interface Words {
  title: string;
  detail: string;
}

/** Services that apps are meant to talk to themselves, with each user's own login. */
const MADE_FOR_APPS = /^(?:mqtt|firebase-|firestore|s3|azure|supabase|parse|appwrite)/;

const TASKS = {
  developer: ({ store, links, service }, findings) => {
    const direct = links.filter(({ kind }) => kind === 'talks-to').map(({ appName }) => appName);
    if (links.length === 0 && findings.length === 0) return undefined;
    const name = storeName(store);
    return direct.length > 0
      ? {
          title: MADE_FOR_APPS.test(store.service)
            ? `Let ${series(direct)} sign its users in at ${name}`
            : `Take ${name} out of ${series(direct)}: let the app talk to an API, not to the store`,
          detail: sentences(
            service?.remediation.developer,
            'Releases that are installed keep asking the store; what they were given must be rotated.',
            ...messages(findings),
          ),
        }
      : {
          title: store.managed
            ? `Close ${name} at ${store.host} to strangers in its access rules`
            : `Give the back end its own login for ${name}`,
          detail: sentences(service?.remediation.developer, ...messages(findings)),
        };
  },
  it: ({ store, service, match, config }, findings) => {
    // What a provider runs is closed by its access rules, which are the developers'.
    if (store.managed && findings.length === 0) return undefined;
    const files = [
      ...(match.kind === 'found' ? [match.deployment.service.file] : []),
      ...config.files.map(({ path }) => path),
    ];
    return {
      title: `Close ${storeName(store)} at ${authorityOf(store.host, store.port)} to strangers`,
      detail: sentences(
        service?.remediation.it,
        files.length > 0
          ? `It is configured in ${series([...new Set(files)])}.`
          : store.managed
            ? undefined
            : 'Its configuration was not among the audited files.',
        ...messages(findings),
      ),
    };
  },
  security: ({ store, service, datasets }, findings) => {
    const kinds = inOrder(datasets.flatMap(({ categories }) => categories)).map((category) => categoryTitle(category));
    const { documents } = store.telling;
    const amount =
      documents === undefined
        ? 'What was in the store'
        : counted(documents, nounsOf(store.product ?? store.service).record);
    return {
      title:
        kinds.length > 0
          ? `Treat it as a possible breach of ${series(kinds)}`
          : `Find out whether strangers read ${storeName(store)}`,
      detail: sentences(
        `${amount} could be read by anyone; copies that were taken stay readable.`,
        service?.remediation.security,
        'Rotate the credentials that were stored there, and run `postern verify` after the fix.',
        ...messages(findings),
      ),
    };
  },
} as const satisfies Record<Owner, (context: StoreContext, findings: readonly Finding[]) => Words | undefined>;

/** What the findings say, beyond what the story says: the probe's own finding is the story. */
function messages(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter(({ rule }) => !rule.startsWith('probe/')).map(({ message }) => message))].slice(
    0,
    8,
  );
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => (/[.!?`]$/.test(part ?? '') ? part : `${part}.`))
    .join(' ');
}

function prints(findings: readonly Finding[]): string[] {
  return findings.map(({ fingerprint }) => fingerprint);
}

function patchesOf(findings: readonly Finding[]): Patch[] {
  const seen = new Map<string, Patch>();
  for (const patch of findings.flatMap(({ patches }) => patches ?? [])) {
    const key = JSON.stringify([patch.path, patch.edits]);
    if (!seen.has(key)) seen.set(key, patch);
  }
  return [...seen.values()];
}
