/** Databases, file shares and directories that speak protocols of their own. */
import type { ProbeService } from '../service.ts';
import { cassandra } from './cassandra/index.ts';
import { clickhouse } from './clickhouse/index.ts';
import { clickhouseNative } from './clickhouse/native.ts';
import { ftp } from './ftp/index.ts';
import { ldap } from './ldap/index.ts';
import { memcached } from './memcached/index.ts';
import { mongodb } from './mongodb/index.ts';
import { mssql } from './mssql/index.ts';
import { mysql } from './mysql/index.ts';
import { nfs } from './nfs/index.ts';
import { postgresql } from './postgresql/index.ts';
import { redis } from './redis/index.ts';
import { rethinkdbConsole } from './rethinkdb/console.ts';
import { rethinkdb } from './rethinkdb/index.ts';
import { rsync } from './rsync/index.ts';
import { smb } from './smb/index.ts';

export const databaseServices: readonly ProbeService[] = [
  redis,
  memcached,
  postgresql,
  mysql,
  mongodb,
  clickhouse,
  clickhouseNative,
  cassandra,
  rethinkdb,
  rethinkdbConsole,
  mssql,
  ldap,
  smb,
  nfs,
  ftp,
  rsync,
];
