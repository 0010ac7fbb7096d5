/** Requests that are built in one place and permitted in another. */

export const LIST = '/_cat/indices?format=json&bytes=b&h=index,docs.count,store.size,status';
export const OPEN_ONLY = '&expand_wildcards=open';

/** Field names that mean one field and need no encoding: no wildcard, no list. */
export const FIELD = /[A-Za-z_][A-Za-z0-9_.-]{0,127}/;

const BODY = encodeURIComponent('{"size":0,"aggs":{"people":{"cardinality":{"field":"?"}}}}').split('%3F');

/** The query of a search for nothing but the number of different values of one field. `source` is known to all versions. */
export const PEOPLE = {
  before: `size=0&timeout=2s&source_content_type=application/json&source=${BODY[0]}`,
  after: BODY[1] ?? '',
} as const;
