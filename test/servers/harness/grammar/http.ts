/** Judges of HTTP requests, for the grammars of single services. */

/** Names the first request that is not allowed; undefined when all are. */
export type Judge = (sent: Buffer) => string | undefined;

/** A control request's random name. */
export const TOKEN = '[a-z0-9]{4,64}';

export interface AllowedRequest {
  method?: 'GET' | 'HEAD' | 'POST';
  /** Sources of regular expressions, matched whole. */
  path: string;
  /** Further headers in the order in which they are sent. */
  headers?: readonly (readonly [name: string, value: string])[];
  body?: string;
}

/** Plain paths are GET requests without further headers. */
export function http(...requests: (string | AllowedRequest)[]): Judge {
  const forms = requests.map((one) => formOf(typeof one === 'string' ? { path: one } : one));
  return (sent) => {
    let left = sent.toString('latin1');
    while (left !== '') {
      const text = left;
      const match = forms.map((form) => form.exec(text)).find((found) => found !== null);
      if (match === undefined) return left.slice(0, 300);
      left = left.slice(match[0].length);
    }
    return undefined;
  };
}

function formOf({ method = 'GET', path, headers = [], body }: AllowedRequest): RegExp {
  const accept = headers.find(([name]) => name === 'accept')?.[1] ?? '\\*/\\*';
  const further = headers.filter(([name]) => name !== 'accept').map(([name, value]) => `${name}: ${value}\\r\\n`);
  const posted = body === undefined ? '' : 'content-type: application/json\\r\\ncontent-length: \\d+\\r\\n';
  return new RegExp(
    `^${method} (?:${path}) HTTP/1\\.1\\r\\nhost: 127\\.0\\.0\\.1:\\d+\\r\\naccept: ${accept}\\r\\n${further.join('')}${posted}` +
      `user-agent: postern\\r\\nConnection: keep-alive\\r\\n\\r\\n${body === undefined ? '' : `(?:${body})`}`,
  );
}

/** Either grammar: the faces of one product. */
export function either(...judges: readonly Judge[]): Judge {
  return (sent) => {
    const foreign = judges.map((judge) => judge(sent));
    return foreign.includes(undefined) ? undefined : foreign[0];
  };
}
