/** Databases, file shares and directories that speak protocols of their own. */
import type { ProbeService } from '../service.ts';
import { memcached } from './memcached/index.ts';
import { mongodb } from './mongodb/index.ts';
import { mysql } from './mysql/index.ts';
import { postgresql } from './postgresql/index.ts';
import { redis } from './redis/index.ts';

export const databaseServices: readonly ProbeService[] = [redis, memcached, postgresql, mysql, mongodb];
