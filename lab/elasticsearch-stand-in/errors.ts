import type { JsonObject } from './json.ts';

/** An error as Elasticsearch 7.17 words it: `{"error":{"root_cause":[…],"type":…,"reason":…},"status":…}`. */
export class ElasticError extends Error {
  readonly status: number;
  readonly type: string;
  readonly details: JsonObject;

  constructor(status: number, type: string, reason: string, details: JsonObject = {}) {
    super(reason);
    this.name = 'ElasticError';
    this.status = status;
    this.type = type;
    this.details = details;
  }

  toJson(): JsonObject {
    const cause = { type: this.type, reason: this.message, ...this.details };
    return { error: { root_cause: [cause], ...cause }, status: this.status };
  }
}

export function illegalArgument(reason: string): ElasticError {
  return new ElasticError(400, 'illegal_argument_exception', reason);
}

export function parsingError(reason: string): ElasticError {
  return new ElasticError(400, 'parsing_exception', reason, { line: 1, col: 1 });
}

export function indexNotFound(name: string): ElasticError {
  return new ElasticError(404, 'index_not_found_exception', `no such index [${name}]`, {
    'resource.type': 'index_or_alias',
    'resource.id': name,
    index_uuid: '_na_',
    index: name,
  });
}
