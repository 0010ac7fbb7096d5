/** Rules about what a condition forgets: roles that one gives oneself, records in another's name, wider matches. */
import { covers, type PathAccess, type Statement } from '../../formats/firebase-rules/access.ts';
import type { LookUp } from '../../formats/firebase-rules/evaluate.ts';
import type { FirebaseRulesDocument } from '../../formats/firebase-rules/read.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import type { Product, RulesFormat } from './open.ts';
import { isOpen, openings, pointerOf, spanOf, verbs, written } from './verdict.ts';

/** Pairs of blocks that are compared at most. */
const MAX_PAIRS = 200_000;

/** What `wide` opens and `narrow`, a path inside it, does not. */
function undone(document: FirebaseRulesDocument): { wide: PathAccess; statement: Statement; narrow: PathAccess[] }[] {
  const open = openings(document).filter(({ path, stranger, anyone }) => {
    const wildcard = path.segments.some(({ kind }) => kind === 'rest');
    return wildcard && stranger.length + anyone.length > 0;
  });
  let pairs = 0;
  return open.flatMap(({ path: wide, statement, stranger, anyone }) => {
    const narrow = document.paths.filter((path) => {
      pairs += 1;
      if (pairs > MAX_PAIRS || path === wide || path.reach !== 'some') return false;
      const closes = [...stranger, ...anyone].some((method) => {
        const own = path.statements.filter(({ allow }) => allow.methods.includes(method));
        const principal = stranger.includes(method) ? 'stranger' : 'anyone';
        return own.length > 0 && own.every((one) => !isOpen(one.of(method, principal), method));
      });
      return closes && covers(wide.segments, path.segments, document.version);
    });
    return narrow.length > 0 ? [{ wide, statement, narrow }] : [];
  });
}

export function widerMatchRule<N extends RulesFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { file } = product;
  return defineRule<N>({
    id: `audit/${product.prefix}-wider-match-opens`,
    aliases,
    format: product.format,
    title: 'A wider match opens what narrower ones close',
    severity: 'high',
    owner: 'developer',
    topic: 'authorization',
    verified: product.verified,
    description:
      'When several `match` blocks fit a path, one that grants is enough: `if false` or an owner check in a narrower block takes nothing back.',
    remediation:
      'Remove the wide block, or narrow its path; give each path one block that says all that is allowed there.',
    references: [product.references.conditions, 'https://firebase.google.com/docs/firestore/security/rules-structure'],
    cwe: ['CWE-863'],
    examples: {
      bad: [
        file(
          'match /{document=**} { allow read: if request.auth != null; }\n    match /private/{id} { allow read: if false; }',
        ),
        file(
          'match /users/{uid}/{rest=**} { allow write: if true; }\n    match /users/{uid}/keys/{id} { allow write: if request.auth.uid == uid; }',
        ),
      ],
      good: [
        file(
          'match /{document=**} { allow read: if false; }\n    match /private/{id} { allow read: if request.auth.uid == id; }',
        ),
        file('match /public/{rest=**} { allow get: if true; }\n    match /private/{id} { allow get: if false; }'),
      ],
    },
    *check({ document }) {
      for (const { wide, statement, narrow } of undone(document)) {
        const [first] = narrow;
        const more = narrow.length > 1 ? ` and ${narrow.length - 1} more` : '';
        yield {
          pointer: pointerOf(wide, statement),
          span: spanOf(statement),
          actual: written(document, statement),
          expected: 'no wider grant than the narrower paths give',
          message: `This rule for ${wide.path} also opens ${first?.path ?? ''}${more}, whose own rules ask for more.`,
        };
      }
    },
  });
}

/** A document that a condition trusts, and that its own subject may write. */
function selfGiven(document: FirebaseRulesDocument, lookUp: LookUp): PathAccess | null {
  // `/databases/{database}/documents/users/{uid}`
  const segments = lookUp.segments[0] === 'databases' ? lookUp.segments.slice(3) : lookUp.segments;
  const mine = (one: LookUp['segments'][number] | undefined): boolean => typeof one === 'object' && one !== null;
  if (!segments.some(mine)) return null;
  for (const path of document.paths) {
    const fits =
      path.segments.length === segments.length &&
      path.segments.every((own, at) => {
        const other = segments[at];
        return own.kind === 'text' ? own.text === other : own.kind === 'one' && other !== undefined;
      });
    if (!fits) continue;
    for (const statement of path.statements) {
      const method = (['create', 'update'] as const).find((one) => {
        if (!statement.allow.methods.includes(one)) return false;
        const { answer } = statement.of(one, 'owner');
        return answer === 'yes' || answer === 'can';
      });
      if (method === undefined) continue;
      // A condition that names the field, or lists the fields that may be sent, takes care of it.
      const named = lookUp.field !== null && statement.words.has(lookUp.field);
      if (lookUp.exists || (!named && !statement.words.has('hasOnly'))) return path;
    }
  }
  return null;
}

export function selfGivenRoleRule(product: Product<'firestore.rules'>): AuditRule<'firestore.rules'> {
  const { file } = product;
  const staff =
    'match /orders/{id} { allow read, write: if get(/databases/$(database)/documents/users/$(request.auth.uid)).data.role == "admin"; }';
  return defineRule<'firestore.rules'>({
    id: 'audit/firestore-role-from-own-document',
    aliases: ['FS-PRIV-001'],
    format: product.format,
    title: 'A role is read from a document that its user writes',
    severity: 'high',
    owner: 'developer',
    topic: 'authorization',
    verified: product.verified,
    description:
      'The condition asks a document of the user for their role, and the rules let the same user write that field: one request makes everybody an administrator.',
    remediation:
      'Set roles as custom claims from the back end (`request.auth.token.admin`), or keep the field from its user: `!request.resource.data.diff(resource.data).affectedKeys().hasAny(["role"])`, and the same on create.',
    references: ['https://firebase.google.com/docs/auth/admin/custom-claims', product.references.conditions],
    cwe: ['CWE-269'],
    examples: {
      bad: [
        file(`${staff}\n    match /users/{userId} { allow read, write: if request.auth.uid == userId; }`),
        file(
          `function role() { return get(/databases/$(database)/documents/users/$(request.auth.uid)).data; } match /orders/{id} { allow read: if role().role == "admin"; }\n    match /users/{userId} { allow update: if request.auth.uid == userId; }`,
        ),
      ],
      good: [
        file(`${staff}\n    match /users/{userId} { allow read: if request.auth.uid == userId; }`),
        file(
          `${staff}\n    match /users/{userId} { allow update: if request.auth.uid == userId && request.resource.data.role == resource.data.role; }`,
        ),
        file(
          `${staff}\n    match /users/{userId} { allow create: if request.auth.uid == userId && request.resource.data.keys().hasOnly(["name"]); }`,
        ),
        file(
          'match /orders/{id} { allow read: if request.auth.token.admin == true; }\n    match /users/{userId} { allow write: if request.auth.uid == userId; }',
        ),
      ],
    },
    *check({ document }) {
      for (const path of document.paths) {
        for (const statement of path.statements) {
          // One's own records looked up again (a profile that must exist first) give no more than they did.
          const found = statement.lookUps
            .filter(({ field, exists }) => field !== null && !exists)
            .map((lookUp) => ({ lookUp, by: selfGiven(document, lookUp) }))
            .find(({ lookUp, by }) => by !== null && ROLE.test(lookUp.field ?? ''));
          if (found?.by === undefined || found.by === null) continue;
          yield {
            pointer: pointerOf(path, statement),
            span: spanOf(statement),
            actual: written(document, statement),
            expected: 'a role that its user cannot write',
            message: `What opens ${path.path} is the field ${found.lookUp.field} under ${found.by.path}, which its user may write.`,
          };
        }
      }
    },
  });
}

/** Fields by which conditions tell who may more than others. */
const ROLE =
  /role|admin|staff|moderator|permission|perms|level|tier|plan|premium|verified|approved|access|status|type|owner|super/i;

export function otherNameRule(product: Product<'firestore.rules'>): AuditRule<'firestore.rules'> {
  const { file } = product;
  return defineRule<'firestore.rules'>({
    id: 'audit/firestore-create-in-another-name',
    format: product.format,
    title: 'Records can be made in the name of another user',
    severity: 'medium',
    owner: 'developer',
    topic: 'authorization',
    verified: product.verified,
    description:
      'Who may change or read a record is decided by the owner named in it, but whoever creates one may name anybody: a stranger plants records in the accounts of others.',
    remediation: 'On create require `request.resource.data.<owner field> == request.auth.uid`.',
    references: [product.references.conditions],
    cwe: ['CWE-639'],
    examples: {
      bad: [
        file(
          'match /notes/{id} { allow create: if request.auth != null; allow read, update, delete: if request.auth.uid == resource.data.owner; }',
        ),
      ],
      good: [
        file(
          'match /notes/{id} { allow create: if request.resource.data.owner == request.auth.uid; allow read, update, delete: if request.auth.uid == resource.data.owner; }',
        ),
        file(
          'match /notes/{id} { allow create: if request.auth.token.admin == true; allow read: if request.auth.uid == resource.data.owner; }',
        ),
      ],
    },
    *check({ document }) {
      for (const path of document.paths) {
        const owned = path.statements.some(({ allow, of }) =>
          allow.methods.some((method) => method !== 'create' && of(method, 'anyone').because.has('record')),
        );
        if (!owned || path.reach !== 'some') continue;
        for (const statement of path.statements) {
          if (!statement.allow.methods.includes('create') || !isOpen(statement.of('create', 'anyone'), 'create'))
            continue;
          // Open to strangers is said elsewhere.
          if (isOpen(statement.of('create', 'stranger'), 'create')) continue;
          yield {
            pointer: pointerOf(path, statement),
            span: spanOf(statement),
            actual: written(document, statement),
            expected: 'the owner field of the new record equals request.auth.uid',
            message: `Everybody who signs up may make records under ${path.path} that name somebody else as their owner.`,
          };
        }
      }
    },
  });
}

export function unverifiedEmailRule<N extends RulesFormat>(product: Product<N>): AuditRule<N> {
  const { file } = product;
  return defineRule<N>({
    id: `audit/${product.prefix}-email-not-verified`,
    format: product.format,
    title: 'An e-mail address that nobody verified decides',
    severity: 'medium',
    owner: 'developer',
    topic: 'authentication',
    verified: product.verified,
    description:
      'With sign-up by password everybody enters any address that has no account yet; `request.auth.token.email` then holds it, unverified. A condition on the address or its domain lets them in.',
    remediation: 'Add `request.auth.token.email_verified == true`, or use a custom claim set by the back end.',
    references: [
      'https://firebase.google.com/docs/reference/rules/rules.firestore.Request#auth',
      product.references.conditions,
    ],
    cwe: ['CWE-287'],
    examples: {
      bad: [
        file('match /reports/{id} { allow read: if request.auth.token.email.matches(".*@example[.]com"); }'),
        file('match /reports/{id} { allow write: if request.auth.token.email == "boss@example.com"; }'),
      ],
      good: [
        file(
          'match /reports/{id} { allow read: if request.auth.token.email.matches(".*@example[.]com") && request.auth.token.email_verified; }',
        ),
        file('match /reports/{id} { allow read: if request.auth.token.admin == true; }'),
      ],
    },
    *check({ document }) {
      for (const path of document.paths) {
        for (const statement of path.statements) {
          const methods = statement.allow.methods.filter((method) => {
            const { answer, because } = statement.of(method, 'anyone');
            return answer === 'maybe' && because.has('email') && !because.has('email-verified');
          });
          if (methods.length === 0 || path.reach === 'never') continue;
          yield {
            pointer: pointerOf(path, statement),
            span: spanOf(statement),
            actual: 'a condition on request.auth.token.email',
            expected: 'request.auth.token.email_verified as well',
            message: `Whoever signs up with a fitting address may ${verbs(methods)} under ${path.path}; nobody checks that the address is theirs.`,
            confidence: 'tentative',
          };
        }
      }
    },
  });
}

export function uncheckedRule<N extends RulesFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const { file, prefix } = product;
  const storage = prefix === 'storage';
  return defineRule<N>({
    id: storage ? 'audit/storage-upload-not-limited' : 'audit/firestore-write-not-checked',
    aliases,
    format: product.format,
    title: storage ? 'Uploads have no limit of size or kind' : 'What strangers write is not checked',
    severity: 'low',
    owner: 'developer',
    topic: 'denial',
    verified: product.verified,
    description: storage
      ? 'Any file of any size is taken: bills grow, and a page of the attacker is served from the address of the project.'
      : 'Everybody with an account adds records of any shape and size: fields that the app trusts, or a megabyte each.',
    remediation: storage
      ? 'Add `request.resource.size < 5 * 1024 * 1024 && request.resource.contentType.matches("image/.*")` to create and update.'
      : 'Check the fields: `request.resource.data.keys().hasOnly([...])`, and each type.',
    references: [
      storage
        ? 'https://firebase.google.com/docs/storage/security/rules-conditions'
        : 'https://firebase.google.com/docs/firestore/security/rules-fields',
    ],
    cwe: storage ? ['CWE-434', 'CWE-770'] : ['CWE-20', 'CWE-915'],
    examples: {
      bad: [
        storage
          ? file('match /users/{userId}/{name} { allow write: if request.auth.uid == userId; }')
          : file('match /orders/{id} { allow create: if request.auth != null; }'),
      ],
      good: [
        file('match /orders/{id} { allow write: if false; }'),
        storage
          ? file(
              'match /users/{userId}/{name} { allow create: if request.auth.uid == userId && request.resource.size < 1024 * 1024; }',
            )
          : file(
              'match /orders/{id} { allow create: if request.auth != null && request.resource.data.keys().hasOnly(["name"]); }',
            ),
        file('match /users/{userId} { allow read: if request.auth.uid == userId; }'),
      ],
    },
    *check({ document }) {
      for (const path of document.paths) {
        if (path.reach === 'never') continue;
        for (const statement of path.statements) {
          if (!statement.allow.methods.includes('create')) continue;
          const truth = statement.of('create', 'anyone');
          const role = truth.because.has('role') && !truth.because.has('owner');
          const unchecked = storage
            ? truth.answer !== 'no' && !role && !['size', 'contentType'].some((word) => statement.words.has(word))
            : truth.answer === 'yes' &&
              !isOpen(statement.of('create', 'stranger'), 'create') &&
              path.reach === 'some' &&
              !changed(statement);
          if (!unchecked || truth.because.has('unknown')) continue;
          yield {
            pointer: pointerOf(path, statement),
            span: spanOf(statement),
            actual: 'no condition on what is written',
            expected: storage ? 'limits on size and contentType' : 'conditions on request.resource.data',
            message: storage
              ? `Uploads under ${path.path} may be of any size and kind.`
              : `New records under ${path.path} may hold anything.`,
          };
        }
      }
    },
  });
}

/** That everybody with an account changes what is there says more. */
function changed(statement: Statement): boolean {
  return (['update', 'delete'] as const).some(
    (method) => statement.allow.methods.includes(method) && isOpen(statement.of(method, 'anyone'), method),
  );
}

export function versionRule<N extends RulesFormat>(product: Product<N>, aliases: string[]): AuditRule<N> {
  const body = product.file('match /users/{userId} { allow get: if request.auth.uid == userId; }');
  const old = body.replace("rules_version = '2';\n", '');
  return defineRule<N>({
    id: `audit/${product.prefix}-rules-version-1`,
    aliases,
    format: product.format,
    title: 'The rules are of version 1',
    severity: 'low',
    owner: 'developer',
    topic: 'hardening',
    verified: {
      by: 'source',
      how: 'https://firebase.google.com/docs/firestore/security/rules-structure#recursive_wildcards – without rules_version the rules are of version 1, where {x=**} stands for one or more segments and collection group queries have no rules',
    },
    description:
      "Without `rules_version = '2'` a recursive wildcard does not match the path it hangs on: `/users/{uid}/{rest=**}` says nothing about `/users/{uid}`. Whoever reads the rules with the other version in mind grants or refuses something else than they think.",
    remediation:
      "Begin the file with `rules_version = '2';`, and look at every `{x=**}`: it then matches one path more.",
    references: ['https://firebase.google.com/docs/firestore/security/get-started#security_rules_version_2'],
    cwe: ['CWE-670'],
    examples: { bad: [old, `rules_version = '1';\n${old}`], good: [body] },
    *check({ document, source }) {
      if (document.version !== '1') return;
      const version = document.file.version;
      const service = document.file.services.find(({ name }) => name === document.service);
      if (service === undefined) return;
      const recursive = document.paths.some(
        ({ segments }) => segments.length > 1 && segments.some(({ kind }) => kind === 'rest'),
      );
      const at = version?.span ?? { start: service.start, end: service.start + 'service'.length };
      yield {
        pointer: 'rules_version',
        span: at,
        actual: version === null ? 'not set, which is 1' : '1',
        expected: "'2'",
        message: 'The rules are of version 1, in which recursive wildcards mean something else.',
        fix: {
          title: 'Set rules_version to 2',
          blastRadius: recursive
            ? 'Each {x=**} matches one path more than before; compare what that path gets.'
            : 'None: no path here means something else in version 2.',
          needsConfirmation: recursive,
          edits: [
            version === null
              ? { start: service.start, end: service.start, text: `rules_version = '2';${source.eol}` }
              : { ...version.span, text: "'2'" },
          ],
        },
      };
    },
  });
}
