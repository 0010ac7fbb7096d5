/** Couchbase, Riak, Tarantool and Aerospike: four protocols under one entry of the catalogue. */
import type { ProbeService } from '../../service.ts';
import { aerospike } from './aerospike.ts';
import { couchbase } from './couchbase.ts';
import { riak } from './riak.ts';
import { tarantool } from './tarantool.ts';

export const couchbaseRiak: readonly ProbeService[] = [couchbase, riak, tarantool, aerospike];
