import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'firestore.rules',
    text: "// init\nrules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n    function signedIn(u) { let a = request.auth; return a != null && (u == null || a.uid == u); }\n    match /users/{userId} {\n      allow read, write: if request.auth != null && request.auth.uid == userId;\n    }\n    match /posts/{id} { /* all */\n      allow get, list: if true;\n      allow create: if signedIn(null);\n      match /comments/{c=**} { allow delete: if resource.data['by'] in [request.auth.uid, 'x'] ? true : false; }\n    }\n    match /old/{id} {\n      allow read: if request.time < timestamp.date(2999, 1, 31);\n    }\n  }\n}\n",
    pointed: [
      ['audit/firestore-path-readable-by-everyone', 'true'],
      ['audit/firestore-write-not-checked', 'signedIn(null)'],
      ['audit/firestore-test-mode', 'request.time < timestamp.date(2999, 1, 31)'],
    ],
  },
  {
    format: 'storage.rules',
    text: 'service firebase.storage {\n  match /b/{bucket}/o {\n    match /{allPaths=**} {\n      allow read, write;\n    }\n    match /users/{uid}/{name} {\n      allow write: if request.auth.uid == uid && request.resource.size < 5 * 1024 * 1024;\n    }\n  }\n}\n',
    pointed: [
      ['audit/storage-rules-version-1', 'service'],
      ['audit/storage-open-to-everyone', 'read, write'],
      ['audit/storage-wider-match-opens', 'read, write'],
      ['audit/storage-upload-not-limited', 'read, write'],
    ],
  },
];
