/**
 * Retrofit keeps the base URL in one call and the paths in annotations, often in different DEX files. They are joined
 * when the whole app has exactly one base that is known; with none or several, a path stays relative.
 */
import type { CodePlace, PackageSink } from '../source.ts';

interface RequestPath {
  text: string;
  offset: number;
  place: CodePlace;
  entry: string;
}

/** What was seen of the requests of one app. */
export interface Requests {
  base(url: string | number | undefined): void;
  path(path: RequestPath): void;
}

interface Seen extends Requests {
  bases: Set<string>;
  paths: RequestPath[];
}

const MOST_PATHS = 20_000;
/** By the sink that receives the app. */
const apps = new WeakMap<PackageSink, Seen>();

export function requestsOf(sink: PackageSink): Requests {
  const known = apps.get(sink);
  if (known !== undefined) return known;
  const bases = new Set<string>();
  const paths: RequestPath[] = [];
  const made: Seen = {
    bases,
    paths,
    // a base that is not known may be any
    base: (url) => void bases.add(typeof url === 'string' ? url : ''),
    path: (path) => void (paths.length < MOST_PATHS && paths.push(path)),
  };
  apps.set(sink, made);
  return made;
}

/** To be called once all of the app was read. */
export function joinRequests(sink: PackageSink): void {
  const seen = apps.get(sink);
  apps.delete(sink);
  const [base, second] = seen?.bases ?? [];
  if (seen === undefined || base === undefined || second !== undefined) return;
  for (const { text, offset, place, entry } of seen.paths) {
    const url = resolve(base, text);
    if (url !== undefined) {
      sink.string({ text: url, entry, offset, via: 'dex-code', code: [place], joined: true });
    }
  }
}

/** As HttpUrl.resolve does it, with `{id}` left as it stands. */
function resolve(base: string, path: string): string | undefined {
  const root = /^https?:\/\/[^/?#]+/i.exec(base)?.[0];
  if (root === undefined || /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//') || path === '.')
    return undefined;
  if (path.startsWith('/')) return root + path;
  const folder = base.slice(root.length).replace(/[?#].*$/, '');
  return `${root}${folder.slice(0, folder.lastIndexOf('/') + 1) || '/'}${path.replace(/^\.\//, '')}`;
}
