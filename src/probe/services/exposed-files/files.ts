/** Files that lie forgotten on web servers, with what proves each. A row is all there is to add one. */
import { form, magic, type Proof, settings } from './proofs.ts';

export interface ForgottenFile {
  readonly path: string;
  /** What it is, for the reason. */
  readonly kind: string;
  readonly proof: Proof;
  /** Tells how the server runs, and holds no contents. */
  readonly metadataOnly?: true;
}

const DUMP = form(
  /^(?:\s*(?:--|\/\*)[^\n]*\n)*\s*(?:-- (?:MySQL|MariaDB|PostgreSQL database|phpMyAdmin SQL) dump|CREATE (?:TABLE|DATABASE)|DROP TABLE|INSERT INTO|PRAGMA foreign_keys|SET [A-Za-z_@]+|BEGIN TRANSACTION)/i,
);
const DUMP_HEADER = form(/-- (?:MySQL dump \d|MariaDB dump \d|PostgreSQL database dump|phpMyAdmin SQL Dump)/);
const SQL: Proof = (head) => DUMP_HEADER(head) ?? magic('PGDMP')(head) ?? DUMP(head);
const GZIP = magic(Buffer.from([0x1f, 0x8b, 0x08]));
const ZIP = magic(Buffer.from([0x50, 0x4b, 0x03, 0x04]));
const SQLITE = magic('SQLite format 3\0');
const KEY = form(/^-----BEGIN (?:[A-Z0-9]{1,12} )?(?:ENCRYPTED )?PRIVATE KEY-----/);
const WORDPRESS = form(/^<\?php[\s\S]*(?:base configuration for WordPress|DB_PASSWORD|DB_NAME)/);

export const FORGOTTEN: readonly ForgottenFile[] = [
  { path: '/.git/HEAD', kind: 'a Git repository', proof: form(/^(?:ref: refs\/[\x21-\x7e]{1,200}|[0-9a-f]{40})\s*$/) },
  { path: '/.git/config', kind: 'a Git repository', proof: form(/^(?:\s*[#;][^\n]*\n)*\s*\[core\]\s/) },
  { path: '/.svn/wc.db', kind: 'a Subversion working copy', proof: SQLITE },
  {
    path: '/.DS_Store',
    kind: 'a list of files',
    proof: magic(Buffer.from('\0\0\0\x01Bud1', 'latin1')),
    metadataOnly: true,
  },
  { path: '/.env', kind: 'settings with secrets', proof: settings },
  { path: '/.env.local', kind: 'settings with secrets', proof: settings },
  { path: '/.env.production', kind: 'settings with secrets', proof: settings },
  { path: '/.env.backup', kind: 'settings with secrets', proof: settings },
  { path: '/api/.env', kind: 'settings with secrets', proof: settings },
  { path: '/backup.sql', kind: 'a database dump', proof: SQL },
  { path: '/dump.sql', kind: 'a database dump', proof: SQL },
  { path: '/database.sql', kind: 'a database dump', proof: SQL },
  { path: '/db.sql', kind: 'a database dump', proof: SQL },
  { path: '/backup.sql.gz', kind: 'a database dump', proof: GZIP },
  { path: '/dump.sql.gz', kind: 'a database dump', proof: GZIP },
  { path: '/backup.zip', kind: 'a backup', proof: ZIP },
  { path: '/backup.tar.gz', kind: 'a backup', proof: GZIP },
  { path: '/www.zip', kind: 'a backup', proof: ZIP },
  { path: '/site.zip', kind: 'a backup', proof: ZIP },
  { path: '/db.sqlite', kind: 'a database', proof: SQLITE },
  { path: '/db.sqlite3', kind: 'a database', proof: SQLITE },
  { path: '/database.sqlite', kind: 'a database', proof: SQLITE },
  { path: '/data.db', kind: 'a database', proof: SQLITE },
  { path: '/wp-config.php.bak', kind: 'the configuration of WordPress', proof: WORDPRESS },
  { path: '/wp-config.php~', kind: 'the configuration of WordPress', proof: WORDPRESS },
  { path: '/wp-config.php.save', kind: 'the configuration of WordPress', proof: WORDPRESS },
  {
    path: '/.htpasswd',
    kind: 'passwords of the web server',
    proof: form(/^[^\s:<>{}]{1,64}:(?:\$(?:apr1|2[aby]|5|6)\$|\{SHA\})/m),
  },
  { path: '/id_rsa', kind: 'a private key', proof: KEY },
  { path: '/server.key', kind: 'a private key', proof: KEY },
  { path: '/privatekey.pem', kind: 'a private key', proof: KEY },
  {
    path: '/.aws/credentials',
    kind: 'credentials of AWS',
    proof: form(/^\s*\[[\w -]{1,64}\]\s*\n[\s\S]*aws_access_key_id\s*=/),
  },
  { path: '/.npmrc', kind: 'credentials of npm', proof: form(/(?:_authToken|_auth|_password)\s*=/) },
  { path: '/.docker/config.json', kind: 'credentials of Docker', proof: form(/^\s*\{[\s\S]*"auths"\s*:/) },
  {
    path: '/serviceAccountKey.json',
    kind: 'a service account of Google',
    proof: form(/^\s*\{[\s\S]*"type"\s*:\s*"service_account"/),
  },
  { path: '/docker-compose.yml', kind: 'a Compose file', proof: form(/^services:[ \t]*\r?$/m), metadataOnly: true },
  {
    path: '/server-status?auto',
    kind: 'the status of Apache',
    proof: form(/^(?:[\x20-\x7e]*\n){0,4}(?:ServerVersion:|Total Accesses:|BusyWorkers:)/),
    metadataOnly: true,
  },
];
