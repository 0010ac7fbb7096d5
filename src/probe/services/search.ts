/** Search engines, document stores, vectors, time series and logs: HTTP. */
import type { ProbeService } from '../service.ts';
import { couchdb } from './couchdb/index.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { opensearch } from './opensearch/index.ts';

export const searchServices: readonly ProbeService[] = [elasticsearch, opensearch, couchdb];
