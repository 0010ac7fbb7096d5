import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'couchdb.ini',
    text: '; c\n[couchdb]\ndefault_security = everyone ; open\nuuid = 0\n\n[chttpd]\nbind_address = 0.0.0.0\nenable_cors = true\nauthentication_handlers = {chttpd_auth, proxy_authentication_handler},\n   {chttpd_auth, default_authentication_handler}\n\n[cors]\norigins = *\n\n[admins]\nroot = changeit-example\n\n[chttpd_auth]\niterations=10\nusers_db_public = true\n',
    pointed: [
      ['audit/couchdb-databases-open-to-everybody', 'everyone'],
      ['audit/couchdb-listens-everywhere', '0.0.0.0'],
      ['audit/couchdb-any-proxy-trusted', '{chttpd_auth, proxy_authentication_handler},'],
      ['audit/couchdb-cors-any-origin', '*'],
      ['audit/couchdb-administrator-password-in-clear', 'changeit-example'],
      ['audit/couchdb-weak-password-hashes', '10'],
      ['audit/couchdb-user-list-public', 'true'],
    ],
  },
];
