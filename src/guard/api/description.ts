/** `GET /<version>/openapi.json` and the page `GET /<version>/`: answered to anyone, where the policy publishes them. */
import type { Answer, ParsedRequest } from '../contract/request.ts';
import type { ApiOptions } from './contract.ts';

const DOCUMENT = 'openapi.json';
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function createDescription(
  describe: ApiOptions['describe'],
  versions: ReadonlySet<string>,
): (request: ParsedRequest) => Answer | undefined {
  const made = new Map<string, Answer>();
  return ({ method, rawSegments, query, body }) => {
    const [version, name] = rawSegments;
    if (describe === undefined || version === undefined || method !== 'GET' || rawSegments.length > 2) return undefined;
    if (!versions.has(version) || query.size > 0 || body.length > 0) return undefined;
    if (name !== undefined && name !== DOCUMENT) return undefined;
    const key = rawSegments.join('/');
    let answer = made.get(key);
    if (answer === undefined) {
      answer =
        name === undefined
          ? page(describe.page(version), describe.pagePolicy ?? PAGE_POLICY)
          : document(describe.openapi(version));
      made.set(key, answer);
    }
    return answer;
  };
}

function document(text: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' },
    body: text,
  };
}

function page(text: string, policy: string): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: text,
  };
}
