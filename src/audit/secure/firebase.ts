/** Firebase: rules of Firestore, the Realtime Database and Storage that give each user their own records, and nobody else. */
import { assertPlainName, type SecuredVariant } from './model.ts';

type Access = 'read' | 'write';

export interface FirebaseOptions {
  /** Collections of Firestore, and how each tells its owner: the id of the document is the user, or a field names them. */
  collections: readonly OwnedCollection[];
  /** Places of the Realtime Database below which each user has a child of their own. */
  places?: readonly string[];
  /** Folders of Storage below which each user has a folder of their own. */
  folders?: readonly string[];
  /** What users may do with their own; `write` unless told. */
  may?: Access;
  /** Largest upload in bytes; 5 MB. */
  uploadLimit?: number;
  /** Type of uploads, as in `image/.*`. */
  uploadType?: string;
}

export interface OwnedCollection {
  name: string;
  /** The field that holds the id of the owner; null: the document has it as its own id. */
  ownerField: string | null;
}

/**
 * Owner-bound rules.
 *
 * @throws RangeError for names that are not plain, or without anything to protect
 */
export function secureFirebase(options: FirebaseOptions): SecuredVariant {
  const { collections, places = [], folders = [], may = 'write' } = options;
  const { uploadLimit = 5 * 1024 * 1024, uploadType = 'image/.*' } = options;
  for (const { name, ownerField } of collections) {
    assertPlainName('collection', name);
    if (ownerField !== null) assertPlainName('owner field', ownerField);
  }
  for (const place of places) assertPlainName('place', place);
  for (const folder of folders) assertPlainName('folder', folder);
  assertPlainName('upload type', uploadType, '/.*+');
  if (!Number.isSafeInteger(uploadLimit) || uploadLimit <= 0) throw new RangeError('upload limit: a number of bytes');
  const files: SecuredVariant['files'][number][] = [];
  const add = (path: string, text: string): void => void files.push({ path, text, mode: 0o644, how: 'create' });
  if (collections.length > 0) add('firestore.rules', firestoreRules(collections, may));
  if (places.length > 0) add('database.rules.json', databaseRules(places, may));
  if (folders.length > 0) add('storage.rules', storageRules(folders, may, uploadLimit, uploadType));
  if (files.length === 0) throw new RangeError('collection: name at least one collection, place or folder');
  return {
    files,
    steps: [
      {
        title: 'Try the rules with the calls of the app',
        command: 'firebase emulators:start',
        why: 'What no rule here grants is refused: a screen that shows the records of others needs a rule of its own.',
      },
      {
        title: 'Deploy the rules',
        command: `firebase deploy --only ${[collections.length > 0 ? 'firestore:rules' : '', places.length > 0 ? 'database' : '', folders.length > 0 ? 'storage' : ''].filter((one) => one !== '').join(',')}`,
        why: 'The file names must be the ones in firebase.json. New requests see the rules within a minute.',
      },
    ],
    proof: [
      ...collections.slice(0, 1).map(({ name }) => ({
        title: 'A stranger gets nothing from Firestore',
        command: `curl -s -o /dev/null -w '%{http_code}' "https://firestore.googleapis.com/v1/projects/$PROJECT/databases/(default)/documents/${name}"`,
        answers: '403',
      })),
      ...places.slice(0, 1).map((place) => ({
        title: 'A stranger gets nothing from the Realtime Database',
        command: `curl -s "https://$PROJECT-default-rtdb.firebaseio.com/${place}.json"`,
        answers: 'Permission denied',
      })),
      ...folders.slice(0, 1).map((folder) => ({
        title: 'A stranger gets nothing from Storage',
        command: `curl -s -o /dev/null -w '%{http_code}' "https://firebasestorage.googleapis.com/v0/b/$BUCKET/o?prefix=${folder}/"`,
        answers: '403',
      })),
    ],
  };
}

function firestoreRules(collections: readonly OwnedCollection[], may: Access): string {
  const signedIn = 'request.auth != null';
  const blocks = collections.flatMap(({ name, ownerField }) => {
    const theirs = `resource.data['${ownerField}'] == request.auth.uid`;
    const rules =
      ownerField === null
        ? [`allow ${may === 'write' ? 'read, write' : 'read'}: if ${signedIn} && request.auth.uid == userId;`]
        : may === 'read'
          ? [`allow read: if ${signedIn} && ${theirs};`]
          : [
              `allow read, delete: if ${signedIn} && ${theirs};`,
              `allow create: if ${signedIn} && request.${theirs};`,
              `allow update: if ${signedIn} && ${theirs} && request.resource.data['${ownerField}'] == resource.data['${ownerField}'];`,
            ];
    const head = `    match /${name}/{${ownerField === null ? 'userId' : 'id'}} {`;
    return [head, ...rules.map((rule) => `      ${rule}`), '    }'];
  });
  return [
    "rules_version = '2';",
    'service cloud.firestore {',
    '  match /databases/{database}/documents {',
    ...blocks,
    '  }',
    '}',
    '',
  ].join('\n');
}

function databaseRules(places: readonly string[], may: Access): string {
  const mine = 'auth != null && auth.uid === $uid';
  const own = may === 'write' ? { '.read': mine, '.write': mine } : { '.read': mine };
  const rules = Object.fromEntries(places.map((place) => [place, { $uid: own }]));
  return `${JSON.stringify({ rules: { '.read': false, '.write': false, ...rules } }, null, 2)}\n`;
}

function storageRules(folders: readonly string[], may: Access, limit: number, type: string): string {
  return [
    "rules_version = '2';",
    'service firebase.storage {',
    '  match /b/{bucket}/o {',
    ...folders.flatMap((folder) => [
      `    match /${folder}/{userId}/{file=**} {`,
      `      allow ${may === 'write' ? 'read, delete' : 'read'}: if request.auth != null && request.auth.uid == userId;`,
      ...(may === 'write'
        ? [
            `      allow create, update: if request.auth != null && request.auth.uid == userId && request.resource.size < ${limit} && request.resource.contentType.matches('${type}');`,
          ]
        : []),
      '    }',
    ]),
    '  }',
    '}',
    '',
  ].join('\n');
}
