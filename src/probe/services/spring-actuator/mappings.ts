/** What `/actuator/mappings` says of operations and of who guards them. */
import { at, isRecord, text } from '../../json.ts';

export interface Mappings {
  /** Handlers of the application and its endpoints. */
  handlers: number;
  /** Endpoints with operations that change something. */
  changing: readonly string[];
  /** No filter but the framework's and the server's own stands before them: nobody is asked who he is. */
  unguarded: boolean;
}

const FRAMEWORK =
  /^(?:org\.springframework\.(?!security)|org\.apache\.(?:catalina|tomcat)|org\.eclipse\.jetty|io\.undertow)/;
const GUARD = /security|shiro|DelegatingFilterProxy|auth/i;
const MOST = 5_000;

/** `undefined` when it is no such answer. */
export function readMappings(body: unknown, base: string): Mappings | undefined {
  const contexts = at(body, 'contexts');
  if (!isRecord(contexts)) return undefined;
  let handlers = 0;
  let filters = 0;
  let guarded = false;
  const changing = new Set<string>();
  for (const context of Object.values(contexts).slice(0, 10)) {
    const dispatchers = at(context, 'mappings', 'dispatcherServlets');
    for (const list of isRecord(dispatchers) ? Object.values(dispatchers).slice(0, 10) : []) {
      for (const handler of Array.isArray(list) ? list.slice(0, MOST) : []) {
        handlers++;
        const endpoint = changedBy(handler, base);
        if (endpoint !== undefined) changing.add(endpoint);
      }
    }
    const servletFilters = at(context, 'mappings', 'servletFilters');
    for (const filter of Array.isArray(servletFilters) ? servletFilters.slice(0, 200) : []) {
      filters++;
      const kind = text(at(filter, 'className')) ?? '';
      if (!FRAMEWORK.test(kind) || GUARD.test(`${kind} ${text(at(filter, 'name')) ?? ''}`)) guarded = true;
    }
  }
  return { handlers, changing: [...changing], unguarded: filters > 0 && !guarded };
}

/** `loggers` of `POST [/actuator/loggers/{name}]`. */
function changedBy(handler: unknown, base: string): string | undefined {
  const conditions = at(handler, 'details', 'requestMappingConditions');
  const methods = at(conditions, 'methods');
  const patterns = at(conditions, 'patterns');
  if (!Array.isArray(methods) || !Array.isArray(patterns)) return undefined;
  if (!methods.some((method) => method === 'POST' || method === 'DELETE')) return undefined;
  const pattern = patterns.map(text).find((one) => one?.startsWith(`${base}/`));
  return /^([a-z-]{1,40})/.exec(pattern?.slice(base.length + 1) ?? '')?.[1];
}
