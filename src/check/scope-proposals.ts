/**
 * What an app's managed back ends would look like as targets: printed for the owner to decide, never put into scope. Only
 * identifiers that are public by design are among them.
 */
import type { InspectCredential, InspectReport } from '../core/contract/inspect.ts';

export interface ProposedTarget {
  host: string;
  provider: string;
  project: string;
  managedService: string;
  /** By name; an empty value is for the owner to fill in. */
  identifiers: Record<string, string>;
  /** What else the owner may list. */
  note?: string;
}

/** @param report of a package read with its public credentials revealed */
export function proposedTargets(report: InspectReport): ProposedTarget[] {
  const own = report.stores.filter(({ origin }) => origin === 'app');
  const idOf = (kind: string) => own.find((store) => store.kind === kind)?.id;
  const found = own.flatMap(({ kind, id, host }): ProposedTarget[] => {
    switch (kind) {
      case 'firebase-rtdb':
        return host === undefined ? [] : [entry(host, 'firebase', firebaseProject(host, id), 'firebase-rtdb')];
      case 'firebase-project':
        return [
          { ...entry('firestore.googleapis.com', 'firestore', id, 'firestore'), note: 'datasets: [root collections]' },
          {
            ...entry('firebaseremoteconfig.googleapis.com', 'firebase-remote-config', id, 'firebase-remote-config'),
            identifiers: {
              appId: idOf('google-app-id') ?? '',
              apiKey: publicKey(report, ({ provider, kind: one }) => provider === 'google' && one === 'api-key'),
            },
          },
        ];
      case 'firebase-storage':
        return [
          {
            ...entry('firebasestorage.googleapis.com', 'firebase-storage', id.split('.')[0] ?? id, 'firebase-storage'),
            note: 'datasets: [folders]',
          },
        ];
      case 's3':
        return host === undefined ? [] : [entry(host, 's3', id, 's3')];
      case 'gcs':
        return [entry('storage.googleapis.com', 'gcs', id, 'gcs')];
      case 'azure-blob':
        return host === undefined
          ? []
          : [{ ...entry(host, 'azure', host.split('.')[0] ?? id, 'azure-blob'), note: 'buckets: [containers]' }];
      case 'supabase':
        return [
          {
            ...entry(`${id}.supabase.co`, 'supabase', id, 'supabase'),
            identifiers: { anonKey: publicKey(report, ({ provider }) => provider === 'supabase') },
            note: 'datasets: [tables]',
          },
        ];
      case 'algolia':
        return [
          {
            ...entry(`${id.toLowerCase()}-dsn.algolia.net`, 'algolia', id, 'algolia'),
            identifiers: { searchKey: publicKey(report, ({ provider }) => provider === 'algolia') },
            note: 'datasets: [indices]',
          },
        ];
      case 'appwrite':
        return [
          {
            ...entry(host ?? 'cloud.appwrite.io', 'appwrite', id, 'appwrite'),
            note: 'datasets: [database/collection]',
          },
        ];
      default:
        return [];
    }
  });
  return [...new Map(found.map((one) => [`${one.managedService} ${one.project}`, one])).values()];
}

function entry(host: string, provider: string, project: string, managedService: string): ProposedTarget {
  return { host, provider, project, managedService, identifiers: {} };
}

/** `shop` of `shop.firebaseio.com` and `shop-default-rtdb.europe-west1.firebasedatabase.app`. */
function firebaseProject(host: string, id: string): string {
  return (host.split('.')[0] ?? id).replace(/-default-rtdb$/, '');
}

/** The value of the one public credential of this kind; empty when there is none, or a choice to make. */
function publicKey(report: InspectReport, is: (credential: InspectCredential) => boolean): string {
  const found = report.credentials.filter((one) => one.sensitivity === 'public' && one.origin === 'app' && is(one));
  const values = [...new Set(found.flatMap(({ value }) => value ?? []))];
  return values.length === 1 ? (values[0] ?? '') : '';
}

/** As it would stand under `targets` of postern.yaml. */
export function targetsYaml(targets: readonly ProposedTarget[]): string {
  const text = (value: string) => JSON.stringify(value);
  return targets
    .map(({ host, provider, project, managedService, identifiers, note }) =>
      [
        `  - host: ${text(host)}`,
        `    authority: { provider: ${provider}, project: ${text(project)} }`,
        `    managedService: ${managedService}`,
        ...(Object.keys(identifiers).length === 0
          ? []
          : [
              `    identifiers: { ${Object.entries(identifiers)
                .map(([name, value]) => `${name}: ${text(value === '' ? `<${name}>` : value)}`)
                .join(', ')} }`,
            ]),
        ...(note === undefined ? [] : [`    # ${note}`]),
      ].join('\n'),
    )
    .join('\n');
}
