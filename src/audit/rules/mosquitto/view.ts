/** mosquitto.conf as the broker sees it: the file, its version, and how the container that runs it is published. */
import { exposureOf, exposureOfPort, reachedFrom } from '../../containers/exposure.ts';
import { majorOf } from '../../containers/image.ts';
import { type Broker, brokerOf, type Listener, type Login, loginOf } from '../../formats/mosquitto/listeners.ts';
import type { MosquittoDirective, MosquittoDocument } from '../../formats/mosquitto/parse.ts';
import type { Hit, ReadFile, RuleContext, Runtime } from '../../model.ts';
import type { Source, Span } from '../../source.ts';

export const MAN = 'https://mosquitto.org/man/mosquitto-conf-5.html';
export const STARTED = 'mosquitto 2.0.11 started with and without it (test/servers/audit-settings-mosquitto.test.ts)';

export interface MosquittoView {
  runtime: Runtime | null;
  major: number | null;
  broker: Broker;
  document: MosquittoDocument;
  login(listener: Listener): Login;
  reach(listener: Listener): Reach;
}

export interface Reach {
  /** Somebody beyond the broker's own machine gets there. */
  open: boolean;
  /** Other containers of the host only. */
  near: boolean;
  public: boolean;
  where: string;
}

/** The view of each container, or that of the file alone; of several findings of one setting the first counts. */
export function* inEachView(
  { document }: ReadFile<'mosquitto.conf'>,
  { runtimes }: RuleContext,
  check: (view: MosquittoView) => Iterable<Hit>,
): Generator<Hit> {
  const seen = new Set<string>();
  for (const runtime of runtimes.length > 0 ? runtimes.slice(0, 50) : [null]) {
    for (const hit of check(viewOf(document, runtime))) {
      if (seen.has(hit.pointer)) continue;
      seen.add(hit.pointer);
      yield hit;
    }
  }
}

function viewOf(document: MosquittoDocument, runtime: Runtime | null): MosquittoView {
  const major = majorOf(runtime?.declared.version ?? null);
  const broker = brokerOf(document, major);
  return {
    runtime,
    major,
    broker,
    document,
    login: (listener) => loginOf(broker, listener, major, document.complete),
    reach: (listener) => reachOf(listener, runtime),
  };
}

/** In a container its published port decides who reaches a listener. */
function reachOf({ on, port }: Listener, runtime: Runtime | null): Reach {
  if (on === 'loopback' || on === 'socket') return { open: false, near: true, public: false, where: 'listens locally' };
  if (runtime === null) {
    const where = on === 'everywhere' ? 'listens on every address' : 'listens on a network address';
    return { open: true, near: false, public: false, where };
  }
  const { declared } = runtime;
  const own = declared.published.filter(({ containerPort }) => containerPort === port).map(exposureOfPort);
  const widest = (['public', 'network', 'loopback'] as const).find((level) => own.includes(level)) ?? 'none';
  const level = declared.hostNetwork ? exposureOf(declared) : widest;
  return {
    open: level !== 'loopback',
    near: level === 'none',
    public: level === 'public',
    where: reachedFrom(level)
      .replace(/^and it /, 'is ')
      .replace(/^reachable/, 'is reachable')
      .replace(/^is is /, 'is '),
  };
}

/** Where a hit about a listener points at; null where the file says nothing at all. */
export function placeOf(view: MosquittoView, listener: Listener): MosquittoDirective | null {
  return listener.directive ?? view.document.directives[0] ?? null;
}

/** Where a hit about a directive points at. */
export function at({ span, source }: { span: Span; source?: Source }): { span: Span; source?: Source } {
  return { span, ...(source && { source }) };
}
