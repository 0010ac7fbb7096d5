/** Rules about what the shape of the tree does: grants that cascade, writes that nothing checks, roles one gives oneself. */
import type { Piece } from '../../formats/firebase-rtdb/evaluate.ts';
import { effective, type RtdbDocument, type RtdbPlace } from '../../formats/firebase-rtdb/read.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { hitOf, opening, pointerOf, RTDB_REFERENCES, RTDB_VERIFIED } from './open.ts';

const shared = { format: 'firebase-rtdb', owner: 'developer', verified: RTDB_VERIFIED } as const;

/** Some place from here on checks what is written. */
function isChecked(place: RtdbPlace): boolean {
  const open = [place];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.rules.has('.validate')) return true;
    open.push(...next.places);
  }
  for (let at: RtdbPlace | null = place; at !== null; at = at.parent) if (at.rules.has('.validate')) return true;
  return false;
}

/** The places that a path of a condition may be. */
function placesAt(document: RtdbDocument, path: readonly Piece[]): RtdbPlace | undefined {
  let at = document.root ?? undefined;
  let found = at;
  for (const piece of path) {
    at =
      at?.places.find(({ keys }) => keys.at(-1) === piece) ??
      at?.places.find(({ keys }) => keys.at(-1)?.startsWith('$') === true);
    if (at === undefined) return found;
    found = at;
  }
  return found;
}

export const cascadeRules: readonly AuditRule<'firebase-rtdb'>[] = [
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-narrower-rule-has-no-effect',
    aliases: ['FR-PRIV-001'],
    title: 'A narrower rule has no effect',
    severity: 'high',
    topic: 'authorization',
    description:
      'Rules cascade: what a place grants, everything below it has. A stricter `.read` or `.write` further down takes nothing back, though it reads as if it did.',
    remediation: 'Remove the grant above, and grant at each place what belongs there.',
    references: [RTDB_REFERENCES.cascade],
    cwe: ['CWE-863'],
    examples: {
      bad: [
        '{ "rules": { ".read": "auth != null", "private": { ".read": false } } }\n',
        '{ "rules": { "users": { ".write": true, "$uid": { ".write": "auth.uid === $uid" } } } }\n',
      ],
      good: ['{ "rules": { ".read": false, "users": { "$uid": { ".read": "auth.uid === $uid" } } } }\n'],
    },
    *check({ document }) {
      for (const kind of ['.read', '.write'] as const) {
        const reported = new Set<RtdbPlace>();
        for (const place of document.places) {
          const rule = place.rules.get(kind);
          if (rule === undefined || place.parent === null) continue;
          const own = rule.of('anyone').answer;
          if (own === 'yes' || own === 'can' || effective(place.parent, kind, 'anyone').answer !== 'yes') continue;
          // One finding for a grant, at the first rule that it undoes.
          const above = grantor(place.parent, kind);
          if (above === null || reported.has(above)) continue;
          reported.add(above);
          yield hitOf(place, rule, {
            expected: 'no grant above it',
            message: `${pointerOf(place, rule)} takes nothing back: ${above.path === '/' ? 'the root' : above.path} already grants ${kind.slice(1)} to everybody with an account, or to all.`,
          });
        }
      }
    },
  }),
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-write-not-checked',
    aliases: ['FR-VAL-001'],
    title: 'What strangers write is not checked',
    severity: 'low',
    topic: 'denial',
    description:
      'Nothing says which fields and types may be written: strangers store whatever they like, and fields that the app trusts.',
    remediation:
      'Add `.validate` rules: `newData.hasChildren([...])`, a type for each field, and `"$other": { ".validate": false }`.',
    references: [
      'https://firebase.google.com/docs/database/security/rules-conditions#validating_data',
      RTDB_REFERENCES.conditions,
    ],
    cwe: ['CWE-20'],
    examples: {
      bad: ['{ "rules": { "posts": { "$id": { ".write": "auth != null" } } } }\n'],
      good: [
        '{ "rules": { "posts": { "$id": { ".write": "auth != null", ".validate": "newData.hasChildren([\'text\'])" } } } }\n',
        '{ "rules": { "users": { "$uid": { ".write": "auth.uid === $uid" } } } }\n',
      ],
    },
    *check({ document }) {
      for (const { place, rule } of opening(document.places, '.write', 'anyone')) {
        // A grant for the whole tree has a finding that says more.
        if (place.parent === null || isChecked(place) || rule.of('anyone').answer === 'can') continue;
        yield hitOf(place, rule, {
          expected: '.validate rules',
          message: `What is written under ${place.path} may be anything.`,
        });
      }
    },
  }),
  defineRule<'firebase-rtdb'>({
    ...shared,
    id: 'audit/rtdb-role-from-own-record',
    aliases: ['FR-AUTH-005'],
    title: 'A role is read from a place that its user writes',
    severity: 'high',
    topic: 'authorization',
    description:
      'The condition asks a record of the user whether they are an administrator, and the rules let the same user write it: one request makes everybody one.',
    remediation:
      'Keep roles where only the back end writes (`"admins": { ".write": false }`), or set custom claims: `auth.token.admin === true`.',
    references: ['https://firebase.google.com/docs/auth/admin/custom-claims', RTDB_REFERENCES.conditions],
    cwe: ['CWE-269'],
    examples: {
      bad: [
        '{ "rules": { "reports": { ".read": "root.child(\'users/\' + auth.uid + \'/admin\').val() === true" }, "users": { "$uid": { ".write": "auth.uid === $uid" } } } }\n',
        '{ "rules": { "reports": { ".read": "root.child(\'users\').child(auth.uid).child(\'role\').val() == \'admin\'" }, "users": { "$uid": { ".read": "auth.uid === $uid", ".write": "$uid === auth.uid" } } } }\n',
      ],
      good: [
        '{ "rules": { "reports": { ".read": "root.child(\'admins\').child(auth.uid).exists()" }, "users": { "$uid": { ".write": "auth.uid === $uid" } } } }\n',
        '{ "rules": { "reports": { ".read": "root.child(\'users\').child(auth.uid).child(\'role\').val() == \'admin\'" }, "users": { "$uid": { ".write": "auth.uid === $uid", "role": { ".validate": "false" } } } } }\n',
      ],
    },
    *check({ document }) {
      for (const place of document.places) {
        for (const kind of ['.read', '.write'] as const) {
          const rule = place.rules.get(kind);
          if (rule === undefined) continue;
          for (const path of rule.lookUps) {
            if (!path.some((piece) => typeof piece === 'object' && piece !== null) || path.includes(null)) continue;
            const target = placesAt(document, path);
            // One's own record, asked about one's own record.
            if (
              target === undefined ||
              target === document.root ||
              target === place ||
              place.path.startsWith(`${target.path}/`)
            )
              continue;
            const { answer } = effective(target, '.write', 'owner');
            const exact = target.keys.length === path.length;
            if ((answer !== 'yes' && answer !== 'can') || (exact && target.rules.has('.validate'))) continue;
            // Only a field of the record tells a role; the record itself is theirs.
            if (typeof path.at(-1) !== 'string') continue;
            yield hitOf(place, rule, {
              expected: 'a role that its user cannot write',
              message: `What opens ${place.path} is the field ${String(path.at(-1))} under ${target.path}, which its user may write.`,
            });
            break;
          }
        }
      }
    },
  }),
];

function grantor(place: RtdbPlace, kind: '.read' | '.write'): RtdbPlace | null {
  for (let at: RtdbPlace | null = place; at !== null; at = at.parent) {
    if (at.rules.get(kind)?.of('anyone').answer === 'yes') return at;
  }
  return null;
}
