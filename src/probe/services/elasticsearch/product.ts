/** Tells the product from `GET /`, or from how it refuses. */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, parseJson, text } from '../../json.ts';
import { parseVersion } from '../../observations.ts';
import { recognised } from '../../recognition.ts';

export type Product = 'elasticsearch' | 'opensearch';

export interface Banner {
  /** Undefined when the answer does not tell. */
  product: Product | undefined;
  version?: string;
  /** `open`: the banner; `locked`: 401 or 403; `other`: anything else. */
  access: 'open' | 'locked' | 'other';
}

export function readBanner(answer: HttpAnswer): Banner {
  const locked = answer.status === 401 || answer.status === 403;
  if (locked) return { product: lockedProduct(answer), access: 'locked' };
  const body = parseJson(answer.body);
  const tagline = text(at(body, 'tagline')) ?? '';
  const version = parseVersion(text(at(body, 'version', 'number')));
  const open = { ...(version === undefined ? {} : { version }), access: 'open' as const };
  if (answer.status !== 200) return { product: brokenProduct(answer), access: 'other' };
  // `compatibility.override_main_response_version` makes OpenSearch claim 7.10.2; the tagline stays.
  if (at(body, 'version', 'distribution') === 'opensearch' || tagline.startsWith('The OpenSearch Project')) {
    return { product: 'opensearch', ...open };
  }
  if (tagline === 'You Know, for Search' || text(at(body, 'version', 'lucene_version')) !== undefined) {
    return { product: 'elasticsearch', ...open };
  }
  return { product: undefined, access: 'other' };
}

/** The banner belongs to one of the two; a lock may hide either. */
export function recogniseEngine(answer: HttpAnswer, engine: Product): 'sure' | 'possible' | 'no' {
  const { product } = readBanner(answer);
  return product === undefined || product === engine ? recognised(answer, product === engine) : 'no';
}

function lockedProduct(answer: HttpAnswer): Product | undefined {
  const challenge = answer.headers['www-authenticate'] ?? '';
  const body = answer.body.toString('latin1');
  if (/realm="OpenSearch Security"/i.test(challenge) || /opendistro|opensearch/i.test(body)) return 'opensearch';
  // Amazon OpenSearch Service: {"Message":"User: anonymous is not authorized to perform: es:ESHttpGet …"}
  if (/is not authorized to perform: es:/.test(body)) return 'opensearch';
  if (/realm="security"/i.test(challenge) || /"security_exception"/.test(body)) return 'elasticsearch';
  if (answer.headers['x-elastic-product'] === 'Elasticsearch') return 'elasticsearch';
  return undefined;
}

function brokenProduct(answer: HttpAnswer): Product | undefined {
  if (answer.body.toString('latin1').includes('OpenSearch Security not initialized')) return 'opensearch';
  return answer.headers['x-elastic-product'] === 'Elasticsearch' ? 'elasticsearch' : undefined;
}
