/** Rules of what others than the owner of an object get from an API. Examples are `<as> <read>`, as an access tells it. */
import type { Rule } from '../../core/rule.ts';

const SOURCES = [
  'https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/',
  'https://cheatsheetseries.owasp.org/cheatsheets/Insecure_Direct_Object_Reference_Prevention_Cheat_Sheet.html',
  'https://cwe.mitre.org/data/definitions/639.html',
] as const;

export const otherUserReads = {
  id: 'probe/other-user-reads',
  title: 'One user reads another user’s objects',
  severity: 'high',
  owner: 'developer',
  description:
    'Two accounts of the owner asked for each other’s objects, reading only. The API gave one account the object of the other: it looks at who is signed in, and not at whose object it is (broken object-level authorization, API1:2023 of the OWASP API Security Top 10). Whoever has an account reads everybody’s objects by trying ids.\n\nThe controls: each account gets its own object, an id that nobody has is not answered like an object, and what the owner gets was compared value by value, without times and tokens that change on every request.',
  remediation:
    '**Developer:** In the handler, look the object up by its id *and* its owner (`WHERE id = $1 AND customer_id = $2`, `orders.findOne({ _id: id, owner: session.userId })`), and answer 404 when there is none. Do it in one place that every handler goes through: a policy, a guard or row-level security, never in the app. Ids that cannot be guessed slow an attacker down and do not replace the check. Keep a test with two accounts.\n\n**Security:** Look in the access logs for accounts that read many ids, and judge the duty to notify.',
  references: SOURCES,
  cwe: ['CWE-639', 'CWE-284'],
  masvs: ['MASVS-AUTH-1'],
  aliases: ['API1:2023'],
  examples: { bad: ['other-user yes'], good: ['other-user no', 'other-user unknown', 'other-user untested'] },
} as const satisfies Rule;

export const strangerReadsApi = {
  id: 'probe/stranger-reads-api',
  title: 'A stranger reads users’ objects from the API',
  severity: 'critical',
  owner: 'developer',
  description:
    'The API gave an account’s own object to a request without any credentials (broken authentication, API2:2023). Whoever knows or guesses an id reads it, without an account and without a trace of who it was.\n\nAn object that everybody may read, like an article, is no finding once the configuration says `public: true`.',
  remediation:
    '**Developer:** Let every route ask for a valid token unless it is on a short list of public ones (`app.use(requireUser)` before the routes, `anyRequest().authenticated()`, a default policy), and check whose object it is as well. Where the object is meant for everybody, write `public: true` at its endpoint in postern.yaml.\n\n**Security:** Look in the access logs for requests without a token, and judge the duty to notify.',
  references: ['https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/', ...SOURCES],
  cwe: ['CWE-306', 'CWE-639'],
  masvs: ['MASVS-AUTH-1'],
  aliases: ['API2:2023'],
  examples: { bad: ['stranger yes'], good: ['stranger no', 'stranger unknown', 'stranger untested'] },
} as const satisfies Rule;

export const oldAppReads = {
  id: 'probe/old-app-reads',
  title: 'An old version of the app reads what the current one may not',
  severity: 'high',
  owner: 'developer',
  description:
    'The API gives an object away when the request says that it comes from an old version of the app, or uses the old address, and refuses it otherwise (improper inventory management, API9:2023). Everybody can send the header or the address of an old version.',
  remediation:
    '**Developer:** Apply the same authorization before any branch on a version, and let old routes go through the same policy as new ones. What an old version needs beyond that, it does not get: answer 426 or an error that asks to update.\n\n**IT:** Take addresses of retired versions off the gateway and the reverse proxy.',
  references: ['https://owasp.org/API-Security/editions/2023/en/0xa9-improper-inventory-management/', ...SOURCES],
  cwe: ['CWE-639', 'CWE-1059'],
  masvs: ['MASVS-AUTH-1'],
  aliases: ['API9:2023'],
  examples: { bad: ['old-app yes'], good: ['old-app no', 'old-app unknown', 'old-app untested'] },
} as const satisfies Rule;

export const accessRules: readonly Rule[] = [oldAppReads, otherUserReads, strangerReadsApi];
