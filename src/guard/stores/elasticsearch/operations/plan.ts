/** What plans have in common. */
import type { Grant, OperationName } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { ParsedRequest } from '../../../contract/request.ts';
import type { Dialect, Plan, StoreReply, Upstream, UpstreamAnswer } from '../../../contract/store.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../../json/index.ts';
import { type ReplyExtras, reply } from '../response/index.ts';

/**
 * @param grants ≥ 0 that decided; without any, nothing is sent
 * @param means of an operation that does many others at once: which
 */
export function planOf(
  operation: OperationName,
  grants: readonly Grant[],
  run: (upstream: Upstream) => Promise<StoreReply>,
  means?: readonly OperationName[],
): Plan {
  const first = grants[0];
  if (first === undefined) return { operation, upstream: null, indices: [], rules: [], role: null, run };
  const { upstream, role } = first;
  const also = means === undefined ? {} : { means };
  // Nearly every request names one index.
  if (grants.length === 1) {
    return { operation, upstream, indices: [first.index], rules: [first.rule], role, ...also, run };
  }
  const indices = [...new Set(grants.map(({ index }) => index))];
  const rules = [...new Set(grants.map(({ rule }) => rule))];
  const roles = [...new Set(grants.map((grant) => grant.role))];
  return { operation, upstream, indices, rules, role, ...(roles.length > 1 && { roles }), ...also, run };
}

/** What the gateway answers by itself. */
export function ownPlan(operation: OperationName, dialect: Dialect, json: JsonObject | null): Plan {
  return planOf(operation, [], async () =>
    json === null ? bodiless(200, { dialect }) : reply(200, json, { dialect }),
  );
}

/** What a HEAD is answered with: the status says it all. */
export function bodiless(status: number, extras: Partial<ReplyExtras>): StoreReply {
  return { ...reply(status, {}, extras), body: '' };
}

/** @returns the JSON object of the body, or undefined where there is none @throws Refusal */
export function bodyOf({ body }: ParsedRequest): JsonObject | undefined {
  if (body.length === 0) return undefined;
  const json = parseJson(body);
  if (!isJsonObject(json)) throw new Refusal('malformed_body', 'body: not an object');
  return json;
}

export function isSuccess({ status }: UpstreamAnswer): boolean {
  return status >= 200 && status < 300;
}
