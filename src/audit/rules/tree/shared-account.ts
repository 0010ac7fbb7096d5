import type { AccountFact } from '../../facts.ts';
import type { Told } from '../../system/gather.ts';
import type { TreeHit, TreeRule } from '../../system/tree-rule.ts';

/** One login for the app's back end and for administration: whoever takes over one has the other. */
export const sharedAccount: TreeRule = {
  rule: {
    id: 'audit/account-shared-with-administration',
    title: 'The back end logs in to its store with the administrator’s account',
    severity: 'low',
    owner: 'developer',
    topic: 'authorization',
    verified: {
      by: 'source',
      how: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final – AC-6: processes get the privileges that they need and no more',
    },
    description:
      'The same account of a store is used by the app’s back end and by an administration tool or as the store’s own first account. A hole in the back end – one injection is enough – then reads, changes and drops everything, and the password cannot be changed in one place alone.',
    remediation:
      '**Developer:** give the back end an account of its own that may do what it does, on the data it needs.\n\n**IT:** create it (`postern fix --secure` writes the statements), and change the administrator’s password afterwards.',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html'],
    cwe: ['CWE-250', 'CWE-269'],
    examples: {
      bad: [
        '=== docker-compose.yml\nservices:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: shop\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n  admin:\n    image: dpage/pgadmin4\n    environment:\n      DATABASE_URL: postgres://shop:${DB_PASSWORD}@db/shop\n  api:\n    image: example/api:1\n    environment:\n      DATABASE_URL: postgres://shop:${DB_PASSWORD}@db/shop\n',
      ],
      good: [
        '=== docker-compose.yml\nservices:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: admin\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n  api:\n    image: example/api:1\n    environment:\n      DATABASE_URL: postgres://shop:${API_PASSWORD}@db/shop\n',
      ],
    },
  },
  guidance: {
    fixes: {
      docker:
        'Create a second account in an init script of the image (`/docker-entrypoint-initdb.d`), and name it in the back end’s environment.',
      package: '`CREATE ROLE` / `CREATE USER` / `ACL SETUSER` with the rights that the back end needs.',
    },
    check: 'Logged in as the back end’s account, reading another schema is refused: `permission denied`.',
  },
  *check({ facts }): Iterable<TreeHit> {
    const groups = new Map<string, Told<AccountFact>[]>();
    for (const told of facts.accounts) {
      const key = JSON.stringify([told.fact.store, told.fact.name]);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, [told]);
      else known.push(told);
    }
    for (const group of groups.values()) {
      const used = group.find(({ fact }) => fact.usedBy === 'back-end' || fact.usedBy === 'app');
      const admin = group.find(({ fact }) => fact.usedBy === 'administrator' && fact !== used?.fact);
      if (used === undefined || admin === undefined) continue;
      const { store, name, place } = used.fact;
      yield {
        asset: `config:${used.path}`,
        place,
        actual: `the account \`${name}\``,
        expected: 'an account of its own with the rights it needs',
        message: `The back end logs in to ${storeName(store)} as \`${name}\`, which is ${admin.fact.may === 'everything' ? 'its administrator' : 'the account of an administration tool'}.`,
        with: [admin.fact.place],
      };
    }
  },
};

function storeName(store: string): string {
  return store.startsWith('config:') ? (store.split('/').at(-1) ?? store) : store;
}
