import type { Dialect, DocumentKey, StoreReply } from '../../../contract/store.ts';
import { printJson } from '../../../json/print.ts';
import type { JsonObject } from '../../../json/value.ts';
import { applyFilterPath } from './filter-path.ts';
import { printAnswer } from './printed.ts';

export interface ReplyExtras {
  readonly documents: readonly DocumentKey[];
  readonly outcome: StoreReply['outcome'];
  /** The clients of Elasticsearch refuse an answer without its product header, those of OpenSearch do not know it. */
  readonly dialect?: Dialect;
  /** Of the request: the version that its vendor media type named. */
  readonly compatibleWith?: string | null;
  /** `?filter_path=`, applied to what the client may see. */
  readonly filterPath?: string | undefined;
  /** Printed already, and the same as the JSON. Not used where there is a filter path. */
  readonly bytes?: Uint8Array | undefined;
}

/** Prints an answer as the store's clients expect it. @param json null: without a body (`HEAD`) */
export function reply(status: number, json: JsonObject | null, extras: Partial<ReplyExtras> = {}): StoreReply {
  const { documents = [], outcome = 'answered', filterPath, bytes } = extras;
  if (json === null) return { status, headers: headersOf(extras), body: '', documents, outcome };
  const body =
    filterPath !== undefined && filterPath !== ''
      ? printJson(applyFilterPath(json, filterPath))
      : (bytes ?? printAnswer(json));
  return { status, headers: headersOf(extras), body, documents, outcome };
}

const PLAIN = Object.freeze({ 'content-type': 'application/json' });
const PRODUCT = Object.freeze({ 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });

function headersOf({ dialect, compatibleWith }: Partial<ReplyExtras>): Readonly<Record<string, string>> {
  if (dialect?.startsWith('opensearch') === true) return PLAIN;
  if (compatibleWith === undefined || compatibleWith === null) return PRODUCT;
  return {
    'content-type': `application/vnd.elasticsearch+json;compatible-with=${compatibleWith}`,
    'x-elastic-product': 'Elasticsearch',
  };
}
