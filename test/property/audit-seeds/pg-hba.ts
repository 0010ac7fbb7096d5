import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'pg_hba.conf',
    text: '# c\nlocal all all peer\nhost all,"x y" all 0.0.0.0/0 trust\nhost all all 10.0.0.0 255.0.0.0 md5\nhostssl all \\\n all ::/0 ldap ldapserver=h\n',
    pointed: [
      ['audit/pg-hba-trust-from-network', 'trust'],
      ['audit/pg-hba-network-without-tls', 'host'],
      ['audit/pg-hba-open-to-every-address', '0.0.0.0/0'],
      ['audit/pg-hba-superuser-from-network', 'all'],
      ['audit/pg-hba-every-role-on-every-database', 'all,"x y"'],
      ['audit/pg-hba-every-role-on-every-database', 'all'],
      ['audit/pg-hba-open-to-every-address', '::/0'],
      ['audit/pg-hba-ldap-without-tls', 'ldap'],
      ['audit/pg-hba-superuser-from-network', 'all'],
    ],
  },
];
