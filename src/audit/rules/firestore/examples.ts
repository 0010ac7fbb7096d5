/** Whole files around a rule, for the examples. */

export function firestoreFile(body: string): string {
  return `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n    ${body}\n  }\n}\n`;
}

export function storageFile(body: string): string {
  return `rules_version = '2';\nservice firebase.storage {\n  match /b/{bucket}/o {\n    ${body}\n  }\n}\n`;
}
