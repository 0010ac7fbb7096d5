/** Rules about who gets in, the same for Firestore and Storage. */
import type { Rule } from '../../../core/rule.ts';
import { type AuditRule, defineRule, type Hit } from '../../model.ts';
import {
  type Opening,
  openings,
  overwrites,
  ownerFix,
  pointerOf,
  reads,
  spanOf,
  verbs,
  withCondition,
  writes,
  written,
} from './verdict.ts';

export type RulesFormat = 'firestore.rules' | 'storage.rules';

export interface Product<N extends RulesFormat> {
  format: N;
  /** Of the rules' ids. */
  prefix: 'firestore' | 'storage';
  /** `Firestore`. */
  name: string;
  /** What one holds: `records`, `files`. */
  things: string;
  references: { insecure: string; conditions: string };
  verified: Rule['verified'] & object;
  aliases: { open: string[]; timed: string[]; account: string[]; write: string[]; read: string[] };
  /** A whole file around the inside of the service: the examples are written with it. */
  file(body: string): string;
}

const OWNER_TEXT =
  'Bind the path to its user: `match /users/{userId} { allow read, write: if request.auth != null && request.auth.uid == userId; }`, and refuse the rest (what no rule allows is refused).';

function hit(
  document: Parameters<typeof written>[0],
  { path, statement }: Opening,
  rest: Pick<Hit, 'expected' | 'message'> & Partial<Hit>,
): Hit {
  return {
    pointer: pointerOf(path, statement),
    span: spanOf(statement),
    actual: written(document, statement),
    // Named by no firebase.json beside it, the file may be one that is not deployed.
    ...(document.deployed === false ? { confidence: 'tentative' as const } : {}),
    ...rest,
  };
}

export function openRules<N extends RulesFormat>(product: Product<N>): AuditRule<N>[] {
  const { format, prefix, name, things, references, aliases, verified, file } = product;
  const shared = {
    format,
    owner: 'developer',
    topic: 'authorization',
    verified,
    references: [references.insecure, references.conditions],
  } as const;
  const owned = file(
    'match /users/{userId} { allow read, write: if request.auth != null && request.auth.uid == userId; }',
  );
  const closed = file('match /{rest=**} { allow read, write: if false; }');

  const everyone = defineRule<N>({
    ...shared,
    id: `audit/${prefix}-open-to-everyone`,
    aliases: aliases.open,
    title: `All of ${name} is open to everybody`,
    severity: 'critical',
    description: `A rule for every path lets in whoever asks, without an account. The address of the project stands in the app, so everybody who has the app can take or replace all ${things}.`,
    remediation: OWNER_TEXT,
    cwe: ['CWE-862'],
    examples: {
      bad: [
        file('match /{document=**} { allow read, write; }'),
        file('match /{document=**} { allow read, write: if true; }'),
        file(
          'function open() { return 1 == 1 || request.auth != null; } match /{a}/{b=**} { allow write: if open(); }',
        ),
      ],
      good: [owned, closed, file('match /{document=**} { allow read: if request.auth.token.admin == true; }')],
    },
    *check({ document }) {
      for (const one of openings(document)) {
        if (one.path.reach !== 'all' || one.stranger.length === 0 || one.timed) continue;
        yield hit(document, one, {
          expected: 'false, and a rule per path for its owner',
          message: `Everybody, without an account, may ${verbs(one.stranger)} anywhere in ${name}.`,
          fix: withCondition(one.statement, 'false', {
            title: `Close ${one.path.path}`,
            blastRadius: 'The app loses every path that has no rule of its own; add those first.',
            needsConfirmation: true,
          }),
        });
      }
    },
  });

  const timed = defineRule<N>({
    ...shared,
    id: `audit/${prefix}-test-mode`,
    aliases: aliases.timed,
    title: `${name} is in test mode`,
    severity: 'critical',
    description:
      'The rules that a new project starts with let everybody in until a date. Until then the data are public; after it the app stops working, and the usual quick repair is a later date.',
    remediation: OWNER_TEXT,
    cwe: ['CWE-862'],
    examples: {
      bad: [
        file('match /{document=**} { allow read, write: if request.time < timestamp.date(2999, 1, 31); }'),
        file('match /notes/{id} { allow read: if timestamp.date(2999, 1, 31) > request.time; }'),
      ],
      good: [owned, file('match /{document=**} { allow read, write: if request.time < timestamp.date(2020, 1, 31); }')],
    },
    *check({ document }) {
      for (const one of openings(document)) {
        if (!one.timed) continue;
        const who = one.stranger.length > 0 ? 'Everybody, without an account,' : 'Everybody who signs up';
        yield hit(document, one, {
          expected: 'a rule for the owner',
          message: `${who} may ${verbs(one.stranger.length > 0 ? one.stranger : one.anyone)} under ${one.path.path} until the date in this rule.`,
          severity: one.stranger.length > 0 ? 'critical' : 'high',
          fix: withCondition(one.statement, 'false', {
            title: `End the test mode of ${one.path.path}`,
            blastRadius: 'The app loses every path that has no rule of its own; add those first.',
            needsConfirmation: true,
          }),
        });
      }
    },
  });

  const account = defineRule<N>({
    ...shared,
    id: `audit/${prefix}-open-to-any-account`,
    aliases: aliases.account,
    title: `Any account opens ${name}`,
    severity: 'high',
    description: `\`request.auth != null\` only asks for an account, and everybody can make one: by signing up in the app, by a call to the public sign-up address with the key from the app, or anonymously. It says nothing about whose ${things} these are.`,
    remediation: OWNER_TEXT,
    cwe: ['CWE-639', 'CWE-863'],
    examples: {
      bad: [
        file('match /{document=**} { allow read, write: if request.auth != null; }'),
        file(
          'function signedIn() { let user = request.auth; return user != null; } match /orders/{id} { allow write: if signedIn(); }',
        ),
        file('match /users/{userId} { allow read: if request.auth.uid != null || request.auth.uid == userId; }'),
        file(
          'match /orders/{id} { allow update: if request.resource.data.owner == request.auth.uid || request.auth.token.email_verified; }',
        ),
      ],
      good: [
        owned,
        file(
          'match /orders/{id} { allow read: if resource.data.owner == request.auth.uid; allow create: if request.resource.data.owner == request.auth.uid; }',
        ),
        file(
          'match /orders/{id} { allow read: if request.auth != null && get(/databases/$(database)/documents/roles/$(request.auth.uid)).data.role == "staff"; }',
        ),
        file('match /orders/{id} { allow read: if request.auth != null && request.auth.token.admin == true; }'),
        file('match /groups/{id} { allow read: if request.auth.uid in resource.data.members; }'),
      ],
    },
    *check({ document }) {
      for (const one of openings(document)) {
        const { anyone, timed: until, path } = one;
        // Adding one's own records is what accounts are for; a rule of its own says what is not checked then.
        const judged = path.reach === 'all' ? anyone : anyone.filter((method) => method !== 'create');
        if (until || judged.length === 0) continue;
        yield hit(document, one, {
          expected: 'a condition on whose it is',
          message: `Everybody who signs up may ${verbs(judged)} under ${path.path}, whoever owns them.`,
          severity: path.reach === 'all' || overwrites(judged) ? 'high' : judged.includes('list') ? 'medium' : 'low',
          fix: one.stranger.length === 0 ? ownerFix(path, one.statement) : null,
        });
      }
    },
  });

  const publicWrite = defineRule<N>({
    ...shared,
    id: `audit/${prefix}-path-writable-by-everyone`,
    aliases: aliases.write,
    title: `Everybody writes to a path of ${name}`,
    severity: 'critical',
    description: `No account is needed to write here: a stranger deletes ${things}, replaces them, or fills the project at its owner's expense.`,
    remediation: OWNER_TEXT,
    cwe: ['CWE-862'],
    examples: {
      bad: [
        file('match /orders/{id} { allow write: if true; }'),
        file('match /orders/{id} { allow create; allow read: if false; }'),
        file('match /orders/{id} { allow update: if request.resource.data.keys().hasOnly(["name"]); }'),
      ],
      good: [owned, file('match /orders/{id} { allow write: if resource == null && request.auth != null; }')],
    },
    *check({ document }) {
      for (const one of openings(document)) {
        const { stranger, path, statement } = one;
        if (path.reach === 'all' || one.timed || !writes(stranger)) continue;
        // A form that strangers fill in, and whose fields are checked, is meant.
        const checked = stranger.every(
          (method) => method !== 'create' || statement.of(method, 'stranger').answer === 'can',
        );
        if (!overwrites(stranger) && checked) continue;
        yield hit(document, one, {
          expected: 'a condition on who writes',
          message: `Everybody, without an account, may ${verbs(stranger)} under ${path.path}.`,
          severity: overwrites(stranger) ? 'critical' : 'medium',
          fix: ownerFix(path, statement),
        });
      }
    },
  });

  const publicRead = defineRule<N>({
    ...shared,
    id: `audit/${prefix}-path-readable-by-everyone`,
    aliases: aliases.read,
    title: `Everybody reads a path of ${name}`,
    severity: 'medium',
    description: `No account is needed to read here. That is right for what is published, and wrong for everything about people. \`read\` includes \`list\`: all ${things} at once, not only those whose names one knows.`,
    remediation:
      'Bind it to the owner, or, where it is meant to be public, keep personal fields in another path; allow `get` instead of `read` where nobody needs the whole list.',
    cwe: ['CWE-862', 'CWE-359'],
    examples: {
      bad: [
        file('match /profiles/{id} { allow read; }'),
        file('match /profiles/{id} { allow read: if true; allow write: if request.auth.uid == id; }'),
      ],
      good: [
        owned,
        file('match /posts/{id} { allow read: if resource.data.published == true; }'),
        file('match /posts/{id} { allow read: if false; }'),
      ],
    },
    *check({ document }) {
      for (const one of openings(document)) {
        const { stranger, path } = one;
        if (path.reach === 'all' || one.timed || !reads(stranger)) continue;
        // One finding a statement: that it is written by everybody says more.
        if (overwrites(stranger)) continue;
        yield hit(document, one, {
          expected: 'a condition on who reads, unless it is meant to be public',
          message: `Everybody, without an account, may ${verbs(stranger.filter((method) => method === 'get' || method === 'list'))} under ${path.path}.`,
          severity: stranger.includes('list') ? 'medium' : 'low',
          fix: ownerFix(path, one.statement),
        });
      }
    },
  });

  return [everyone, timed, account, publicWrite, publicRead];
}
