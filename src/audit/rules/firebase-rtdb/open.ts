/** Rules about who gets into the Realtime Database. */
import { effective, type RtdbPlace, type RtdbRule } from '../../formats/firebase-rtdb/read.ts';
import { type AuditRule, defineRule, type Fix, type Hit } from '../../model.ts';

export const RTDB_REFERENCES = {
  insecure: 'https://firebase.google.com/docs/rules/insecure-rules',
  cascade: 'https://firebase.google.com/docs/database/security/core-syntax#read_and_write_rules_cascade',
  conditions: 'https://firebase.google.com/docs/database/security/rules-conditions',
  reference: 'https://firebase.google.com/docs/reference/security/database',
} as const;

export const RTDB_VERIFIED = {
  by: 'source',
  how: 'https://firebase.google.com/docs/database/security/core-syntax – rules cascade and a grant above cannot be revoked below; https://firebase.google.com/docs/rules/insecure-rules names open and any-account rules',
} as const;

const shared = {
  format: 'firebase-rtdb',
  owner: 'developer',
  topic: 'authorization',
  references: [RTDB_REFERENCES.insecure, RTDB_REFERENCES.conditions],
  verified: RTDB_VERIFIED,
} as const;

const REMEDIATION =
  'Remove the grant, and give each user their own place: `"users": { "$uid": { ".read": "auth.uid === $uid", ".write": "auth.uid === $uid" } }`. What no rule grants is refused.';

type Door = '.read' | '.write';

function isOpen(rule: RtdbRule | undefined, principal: 'stranger' | 'anyone'): boolean {
  const answer = rule?.of(principal).answer;
  return answer === 'yes' || answer === 'can';
}

/** Rules that open a place to a principal that the places above do not already let in. */
export function* opening(
  places: readonly RtdbPlace[],
  kind: Door,
  principal: 'stranger' | 'anyone',
): Generator<{ place: RtdbPlace; rule: RtdbRule }> {
  for (const place of places) {
    const rule = place.rules.get(kind);
    if (rule === undefined || !isOpen(rule, principal)) continue;
    const above = place.parent === null ? 'no' : effective(place.parent, kind, principal).answer;
    if (above !== 'yes' && above !== 'can') yield { place, rule };
  }
}

export function pointerOf(place: RtdbPlace, { kind }: RtdbRule): string {
  return `${place.path === '/' ? '' : place.path}/${kind}`;
}

export function hitOf(place: RtdbPlace, rule: RtdbRule, rest: Pick<Hit, 'expected' | 'message'> & Partial<Hit>): Hit {
  const actual = rule.text.length > 120 ? `${rule.text.slice(0, 117)}…` : rule.text;
  return { pointer: pointerOf(place, rule), span: rule.span, actual, ...rest };
}

const UID_NAME = /^\$(?:uid|user_?id|user_?uid|user|owner_?id|account_?id)$/i;

/** To the owner whom the path names; at the root to nobody. */
function fixOf(place: RtdbPlace, rule: RtdbRule): Fix | null {
  const named = place.keys.filter((key) => UID_NAME.test(key));
  const [variable] = named;
  const text =
    place.parent === null
      ? 'false'
      : named.length === 1 && variable !== undefined
        ? `"auth != null && auth.uid === ${variable}"`
        : null;
  if (text === null) return null;
  return {
    title: place.parent === null ? 'Refuse at the root' : `Give ${place.path} to its owner only`,
    blastRadius:
      place.parent === null
        ? 'The app loses every place that has no rule of its own; add those first.'
        : 'Every screen that shows or changes what others own is refused.',
    needsConfirmation: true,
    edits: [{ ...rule.span, text }],
  };
}

/** Everything of the kind at once: no variable stands between the root and here. */
function atOnce(place: RtdbPlace): boolean {
  return !place.keys.some((key) => key.startsWith('$'));
}

function where(place: RtdbPlace): string {
  return place.parent === null ? 'the whole database' : place.path;
}

const OWNED =
  '{ "rules": { "users": { "$uid": { ".read": "auth.uid === $uid", ".write": "auth != null && auth.uid === $uid" } } } }\n';

export const openRules: readonly AuditRule<'firebase-rtdb'>[] = [
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-readable-by-everyone',
    aliases: ['FR-AUTH-001'],
    title: 'Everybody reads the Realtime Database',
    severity: 'critical',
    description:
      'Whoever knows the address, which stands in the app, adds `.json` to it and downloads everything from here on, without an account. Such addresses are searched for by the thousand.',
    remediation: REMEDIATION,
    cwe: ['CWE-862'],
    examples: {
      bad: [
        '{ "rules": { ".read": true, ".write": false } }\n',
        '{\n  // all may read\n  "rules": { ".read": "auth == null || auth != null" } }\n',
        '{ "rules": { "profiles": { ".read": "true", "$uid": { ".write": "auth.uid === $uid" } } } }\n',
        '{ "rules": { "profiles": { "$uid": { ".read": true, ".write": "auth.uid === $uid" } } } }\n',
      ],
      good: [
        OWNED,
        '{ "rules": { ".read": false, ".write": false } }\n',
        '{ "rules": { "posts": { "$id": { ".read": "data.child(\'public\').val() === true" } } } }\n',
      ],
    },
    *check({ document }) {
      for (const { place, rule } of opening(document.places, '.read', 'stranger')) {
        if (rule.of('stranger').because.has('until')) continue;
        yield hitOf(place, rule, {
          expected: 'a condition on who reads',
          message: `Everybody, without an account, reads ${where(place)}.`,
          severity: place.parent === null ? 'critical' : atOnce(place) ? 'medium' : 'low',
          fix: fixOf(place, rule),
        });
      }
    },
  }),
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-writable-by-everyone',
    aliases: ['FR-AUTH-002'],
    title: 'Everybody writes the Realtime Database',
    severity: 'critical',
    description:
      "Without an account a stranger replaces or deletes what stands here, or fills it at its owner's expense.",
    remediation: REMEDIATION,
    cwe: ['CWE-862'],
    examples: {
      bad: [
        '{ "rules": { ".read": false, ".write": true } }\n',
        '{ "rules": { "orders": { ".write": "newData.exists()" } } }\n',
      ],
      good: [OWNED, '{ "rules": { ".write": "auth.token.admin === true" } }\n'],
    },
    *check({ document }) {
      for (const { place, rule } of opening(document.places, '.write', 'stranger')) {
        const truth = rule.of('stranger');
        if (truth.because.has('until')) continue;
        yield hitOf(place, rule, {
          expected: 'a condition on who writes',
          message: `Everybody, without an account, writes ${where(place)}.`,
          severity: place.parent === null || truth.answer === 'yes' ? 'critical' : 'high',
          fix: fixOf(place, rule),
        });
      }
    },
  }),
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-open-to-any-account',
    aliases: ['FR-AUTH-003'],
    title: 'Any account opens the Realtime Database',
    severity: 'high',
    description:
      '`auth != null` only asks for an account, and everybody can make one: in the app, by a call to the public sign-up address with the key from the app, or anonymously. `firebase init` writes exactly this at the root.',
    remediation: REMEDIATION,
    cwe: ['CWE-639', 'CWE-863'],
    examples: {
      bad: [
        '{ "rules": { ".read": "auth != null", ".write": "auth != null" } }\n',
        '{ "rules": { "users": { "$uid": { ".write": "auth.uid != null" } } } }\n',
        '{ "rules": { "users": { ".read": "auth !== null && auth.token.email_verified === true" } } }\n',
      ],
      good: [
        OWNED,
        '{ "rules": { ".read": "auth != null && root.child(\'admins\').hasChild(auth.uid)" } }\n',
        '{ "rules": { "rooms": { "$room": { ".read": "data.child(\'members\').child(auth.uid).exists()" } } } }\n',
        '{ "rules": { "posts": { ".read": "query.orderByChild === \'owner\' && query.equalTo === auth.uid" } } }\n',
      ],
    },
    *check({ document }) {
      for (const kind of ['.read', '.write'] as const) {
        for (const { place, rule } of opening(document.places, kind, 'anyone')) {
          const truth = rule.of('anyone');
          if (isOpen(rule, 'stranger') || truth.because.has('until')) continue;
          // A question for one's own records gets one's own records.
          if (kind === '.read' && truth.because.has('self')) continue;
          const severity = place.parent === null || kind === '.write' ? 'high' : atOnce(place) ? 'medium' : 'low';
          yield hitOf(place, rule, {
            expected: 'a condition on whose it is',
            message: `Everybody who signs up ${kind === '.read' ? 'reads' : 'writes'} ${where(place)}.`,
            severity: truth.answer === 'can' && severity === 'high' && place.parent !== null ? 'medium' : severity,
            fix: fixOf(place, rule),
          });
        }
      }
    },
  }),
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-test-mode',
    aliases: ['FR-AUTH-004'],
    title: 'The Realtime Database is in test mode',
    severity: 'critical',
    description:
      'The rules that a new database starts with let everybody in until a date. Until then the data are public; after it the app stops working, and the usual quick repair is a later date.',
    remediation: REMEDIATION,
    cwe: ['CWE-862'],
    examples: {
      bad: ['{ "rules": { ".read": "now < 32472144000000", ".write": "now < 32472144000000" } }\n'],
      good: [OWNED, '{ "rules": { ".read": "now < 1577836800000" } }\n'],
    },
    *check({ document }) {
      for (const kind of ['.read', '.write'] as const) {
        for (const { place, rule } of opening(document.places, kind, 'anyone')) {
          if (!rule.of('anyone').because.has('until')) continue;
          const stranger = isOpen(rule, 'stranger');
          yield hitOf(place, rule, {
            expected: 'a condition on whose it is',
            message: `${stranger ? 'Everybody, without an account,' : 'Everybody who signs up'} ${kind === '.read' ? 'reads' : 'writes'} ${where(place)} until the date in this rule.`,
            severity: stranger ? 'critical' : 'high',
            fix: fixOf(place, rule),
          });
        }
      }
    },
  }),
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-email-not-verified',
    title: 'An e-mail address that nobody verified decides',
    severity: 'medium',
    topic: 'authentication',
    description:
      'With sign-up by password everybody enters any address that has no account yet; `auth.token.email` then holds it, unverified. A condition on the address or its domain lets them in.',
    remediation: 'Add `auth.token.email_verified === true`, or use a custom claim set by the back end.',
    references: [RTDB_REFERENCES.reference, RTDB_REFERENCES.conditions],
    cwe: ['CWE-287'],
    examples: {
      bad: ['{ "rules": { "reports": { ".read": "auth.token.email.endsWith(\'@example.com\')" } } }\n'],
      good: [
        '{ "rules": { "reports": { ".read": "auth.token.email_verified === true && auth.token.email.endsWith(\'@example.com\')" } } }\n',
      ],
    },
    *check({ document }) {
      for (const place of document.places) {
        for (const kind of ['.read', '.write'] as const) {
          const rule = place.rules.get(kind);
          const truth = rule?.of('anyone');
          if (rule === undefined || truth?.answer !== 'maybe') continue;
          if (!truth.because.has('email') || truth.because.has('email-verified')) continue;
          yield hitOf(place, rule, {
            actual: 'a condition on auth.token.email',
            expected: 'auth.token.email_verified as well',
            message: `Whoever signs up with a fitting address ${kind === '.read' ? 'reads' : 'writes'} ${where(place)}; nobody checks that the address is theirs.`,
            confidence: 'tentative',
          });
        }
      }
    },
  }),
];
