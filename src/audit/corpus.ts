/** Files that were recognised and read, by format, and how compose services and native files belong together. */
import { dirname } from 'node:path/posix';
import { declaredServices } from './declare.ts';
import type { DeclaredService, Engine } from './declared.ts';
import type { ComposeService } from './formats/compose/read.ts';
import { FORMAT_NAMES, FORMATS } from './formats/index.ts';
import type { FormatName, ReadFile, Reading, Runtime, Siblings } from './model.ts';
import type { Source } from './source.ts';

export type FilesByFormat = { [N in FormatName]: ReadFile<N>[] };

export interface Corpus {
  readonly files: FilesByFormat;
  readonly services: readonly DeclaredService[];
  runtimes(file: ReadFile): readonly Runtime[];
  mounted<N extends FormatName>(service: ComposeService, format: N): { files: ReadFile<N>[]; missing: boolean };
  beside<N extends FormatName>(file: ReadFile, format: N): ReadFile<N>[];
}

/** Which engines read a format, and what a mount of it looks like inside the container. */
const NATIVE: { readonly [N in FormatName]: { engines: readonly Engine[]; target: RegExp } } = {
  'docker-compose': { engines: [], target: /$^/ },
  'elasticsearch.yml': { engines: ['elasticsearch'], target: /elasticsearch\.yml$|\/elasticsearch\/config\/?$/ },
  'redis.conf': { engines: ['redis'], target: /\.conf$|\/(?:etc|conf|config)\/?(?:redis|valkey)?\/?$/ },
  'postgresql.conf': { engines: ['postgresql'], target: /postgresql[\w.-]*\.conf$/ },
  'pg_hba.conf': { engines: ['postgresql'], target: /pg_hba[\w.-]*$/ },
};

export function emptyFiles(): FilesByFormat {
  return { 'docker-compose': [], 'elasticsearch.yml': [], 'redis.conf': [], 'postgresql.conf': [], 'pg_hba.conf': [] };
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
  for (const compose of files['docker-compose']) {
    const declared = declaredServices(compose);
    services.push(...declared);
    for (const [index, service] of compose.document.services.entries()) {
      const declaration = declared[index];
      if (!declaration) continue;
      for (const { path } of service.mounts) {
        if (path === null) continue;
        const runtimes = runtimesByMount.get(path) ?? [];
        runtimes.push({ compose, service, declared: declaration });
        runtimesByMount.set(path, runtimes);
      }
    }
  }

  function runtimes(file: ReadFile): Runtime[] {
    const found = new Set<Runtime>();
    for (let path = file.source.path; ; path = dirname(path)) {
      for (const runtime of runtimesByMount.get(path) ?? []) {
        const engine = runtime.service.image?.engine;
        if (engine && NATIVE[file.format].engines.includes(engine)) found.add(runtime);
      }
      if (path === '.' || path === '/') return [...found];
    }
  }

  return {
    files,
    services,
    runtimes,
    mounted(service, format) {
      const targets = service.mounts.filter(({ target }) => NATIVE[format].target.test(target));
      const paths = service.mounts.flatMap(({ path }) => (path === null ? [] : [path]));
      const inside = files[format].filter(({ source }) =>
        paths.some((path) => source.path === path || source.path.startsWith(`${path}/`)),
      );
      return { files: inside, missing: targets.length > 0 && inside.length === 0 };
    },
    beside(file, format) {
      const folder = dirname(file.source.path);
      const own = files[format].filter(({ source }) => dirname(source.path) === folder);
      const mounted = runtimes(file).flatMap(({ service }) => this.mounted(service, format).files);
      return [...new Set([...own, ...mounted])];
    },
  };
}

export { FORMAT_NAMES };
