/** Files that were recognised and read, by format, and how compose services and native files belong together. */
import { dirname } from 'node:path/posix';
import type { Skip } from '../core/skip.ts';
import type { Container } from './containers/model.ts';
import type { DeclaredService, Engine } from './declared.ts';
import { sourceWithin } from './embedded.ts';
import type { ComposeService } from './formats/compose/read.ts';
import { FORMAT_NAMES, FORMATS, recognise } from './formats/index.ts';
import type { DeclaredContainer, FormatName, ReadFile, Reading, Runtime, Siblings } from './model.ts';
import type { Source } from './source.ts';

export type FilesByFormat = { [N in FormatName]: ReadFile<N>[] };

export interface Corpus {
  readonly files: FilesByFormat;
  readonly services: readonly DeclaredService[];
  runtimes(file: ReadFile): readonly Runtime[];
  mounted<N extends FormatName>(service: Container, format: N): { files: ReadFile<N>[]; missing: boolean };
  beside<N extends FormatName>(file: ReadFile, format: N): ReadFile<N>[];
}

/** Which engines read a format, and what a mount of it looks like inside the container. */
const NATIVE: { readonly [N in FormatName]?: { engines: readonly Engine[]; target: RegExp } } = {
  'elasticsearch.yml': { engines: ['elasticsearch'], target: /elasticsearch\.yml$|\/elasticsearch\/config\/?$/ },
  'opensearch.yml': { engines: ['opensearch'], target: /opensearch\.yml$|\/opensearch\/config\/?$/ },
  'opensearch-security': { engines: ['opensearch'], target: /opensearch-security(?:\/|$)/ },
  'redis.conf': { engines: ['redis'], target: /\.conf$|\/(?:etc|conf|config)\/?(?:redis|valkey)?\/?$/ },
  'redis.acl': { engines: ['redis'], target: /\.acl$/ },
  'postgresql.conf': { engines: ['postgresql'], target: /postgresql[\w.-]*\.conf$/ },
  'pg_hba.conf': { engines: ['postgresql'], target: /pg_hba[\w.-]*$/ },
  'mongod.conf': { engines: ['mongodb'], target: /mongod?[\w.-]*\.(?:conf|ya?ml)$/ },
  'my.cnf': { engines: ['mysql'], target: /\.cnf$|\/etc\/mysql(?:\/|$)/ },
  'couchdb.ini': { engines: ['couchdb'], target: /\.ini$|\/couchdb\/etc(?:\/|$)/ },
  'cassandra.yaml': { engines: ['cassandra'], target: /cassandra\.yaml$|\/etc\/cassandra\/?$/ },
  'mosquitto.conf': { engines: ['mqtt'], target: /mosquitto(?:\/config)?\/[\w.-]*\.conf$|\/mosquitto\/config\/?$/ },
  'memcached.conf': { engines: ['memcached'], target: /memcached[\w.-]*$/ },
};

export function emptyFiles(): FilesByFormat {
  return Object.fromEntries(FORMAT_NAMES.map((name) => [name, []])) as unknown as FilesByFormat;
}

/** Reads a source as a format and files it. */
export function readInto<N extends FormatName>(
  files: FilesByFormat,
  format: N,
  source: Source,
  siblings: Siblings,
): Reading<unknown> {
  const reading = FORMATS[format].read(source, siblings);
  files[format].push({ format, source, document: reading.document });
  return reading;
}

/** Most texts read from inside one file. */
const MAX_EMBEDDED = 500;

/** Reads the texts of other formats that the file read last holds, and files them. */
export function readEmbedded<N extends FormatName>(files: FilesByFormat, format: N, siblings: Siblings): Skip[] {
  const read: readonly ReadFile<N>[] = files[format];
  const outer = read.at(-1);
  const skips: Skip[] = [];
  if (outer === undefined) return skips;
  let room = MAX_EMBEDDED;
  for (const text of FORMATS[format].embedded?.(outer.document) ?? []) {
    if (room-- <= 0) {
      const reason = `more than ${MAX_EMBEDDED} texts of other formats`;
      skips.push({ subject: outer.source.path, code: 'INPUT_LIMIT', reason, severity: 'incomplete' });
      break;
    }
    const source = sourceWithin(outer.source, text);
    const inside = recognise(source.path, source.text);
    // Parsers that are loaded on demand were not asked for yet, and texts inside texts are not followed.
    if (inside === null || inside === format || FORMATS[inside].prepare) continue;
    skips.push(...readInto(files, inside, source, siblings).skips);
  }
  return skips;
}

/**
 * A service without an image in one compose file is the same service as in the others of its folder: that is how
 * `docker-compose.override.yml` and `-f a.yml -f b.yml` work. What the other file sets beside the image is not merged,
 * so absence proves nothing here.
 */
function borrowImages(files: FilesByFormat): void {
  const images = new Map<string, ComposeService['image']>();
  const key = (path: string, name: string): string => `${dirname(path)}\0${name}`;
  for (const { source, document } of files['docker-compose']) {
    for (const { name, image } of document.services) if (image) images.set(key(source.path, name), image);
  }
  for (const { source, document } of files['docker-compose']) {
    for (const service of document.services) {
      const image = service.image ? null : images.get(key(source.path, service.name));
      if (!image) continue;
      service.image = { ...image, publisher: 'other', span: service.nameSpan };
      service.environmentComplete = false;
    }
  }
}

export function corpusOf(files: FilesByFormat): Corpus {
  borrowImages(files);
  const services: DeclaredService[] = [];
  const runtimesByMount = new Map<string, Runtime[]>();
  for (const format of FORMAT_NAMES) {
    for (const [file, { container, declared }] of containersOf(files, format)) {
      services.push(declared);
      for (const { path } of container.mounts) {
        if (path === null) continue;
        const runtimes = runtimesByMount.get(path) ?? [];
        runtimes.push({ file, service: container, declared });
        runtimesByMount.set(path, runtimes);
      }
    }
  }

  function runtimes(file: ReadFile): Runtime[] {
    const found = new Set<Runtime>();
    for (let path = file.source.path; ; path = dirname(path)) {
      for (const runtime of runtimesByMount.get(path) ?? []) {
        const engine = runtime.service.image?.engine;
        if (engine && NATIVE[file.format]?.engines.includes(engine)) found.add(runtime);
      }
      if (path === '.' || path === '/') return [...found];
    }
  }

  const orders = new Map<FormatName, unknown>();
  /** The files of a format by their own path and by each folder above them, asked for once per service and file. */
  function orderOf<N extends FormatName>(format: N): Order<N> {
    const known = orders.get(format) as Order<N> | undefined;
    if (known !== undefined) return known;
    const made = ordered<N>(files[format]);
    orders.set(format, made);
    return made;
  }

  return {
    files,
    services,
    runtimes,
    mounted(service, format) {
      const targets = service.mounts.filter(({ target }) => NATIVE[format]?.target.test(target));
      const paths = new Set(service.mounts.flatMap(({ path }) => (path === null ? [] : [path])));
      const { below } = orderOf(format);
      const numbers = new Set([...paths].flatMap((path) => below.get(path) ?? []));
      const inside = [...numbers].sort((a, b) => a - b).flatMap((at) => files[format][at] ?? []);
      return { files: inside, missing: targets.length > 0 && inside.length === 0 };
    },
    beside(file, format) {
      const own = orderOf(format).beside.get(dirname(file.source.path)) ?? [];
      const mounted = runtimes(file).flatMap(({ service }) => this.mounted(service, format).files);
      return [...new Set([...own, ...mounted])];
    },
  };
}

interface Order<N extends FormatName> {
  /** Places in the list of the files at a path or below it. */
  below: ReadonlyMap<string, readonly number[]>;
  beside: ReadonlyMap<string, readonly ReadFile<N>[]>;
}

function ordered<N extends FormatName>(files: readonly ReadFile<N>[]): Order<N> {
  const below = new Map<string, number[]>();
  const beside = new Map<string, ReadFile<N>[]>();
  for (const [at, file] of files.entries()) {
    const { path } = file.source;
    push(beside, dirname(path), file);
    push(below, path, at);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      push(below, path.slice(0, end), at);
  }
  return { below, beside };
}

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function containersOf<N extends FormatName>(
  files: FilesByFormat,
  format: N,
): (readonly [ReadFile<N>, DeclaredContainer])[] {
  const list: readonly ReadFile<N>[] = files[format];
  return list.flatMap((file) => (FORMATS[format].containers?.(file) ?? []).map((one) => [file, one] as const));
}

/** Files that mean something only together become what is judged. */
export function assembleAll(files: FilesByFormat, siblings: Siblings): Skip[] {
  return FORMAT_NAMES.flatMap((format) => assembleFormat(files, format, siblings));
}

function assembleFormat<N extends FormatName>(files: FilesByFormat, format: N, siblings: Siblings): readonly Skip[] {
  const read: readonly ReadFile<N>[] = files[format];
  const assembly = read.length === 0 ? undefined : FORMATS[format].assemble?.(read, siblings);
  if (assembly === undefined) return [];
  (files as { [M in N]: ReadFile<M>[] })[format] = [...assembly.files];
  return assembly.skips;
}

export { FORMAT_NAMES };
