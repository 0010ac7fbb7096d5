/** The container that a Dockerfile makes, as far as the file says: what is given when it is started comes on top. */
import { dirname } from 'node:path/posix';
import { assetId } from '../../../core/asset.ts';
import { type Command, splitWords } from '../../containers/command.ts';
import type { Container, ContainerMount, EnvironmentVariable } from '../../containers/model.ts';
import type { DeclaredContainer, ReadFile } from '../../model.ts';
import { inRoot } from '../compose/paths.ts';
import type { DockerfileDocument, Instruction } from './read.ts';
import { assignmentsOf } from './words.ts';

/** Instructions of the stages that end up in the image. */
export function finalInstructions({ instructions, final }: DockerfileDocument): Instruction[] {
  return instructions.filter(({ stage }) => final.includes(stage));
}

/** Null without a stage. */
export function containerOf({ source, document }: ReadFile<'dockerfile'>): Container | null {
  const last = document.stages.at(-1);
  const base = document.stages[document.final[0] ?? -1];
  if (!last) return null;
  const environment = new Map<string, EnvironmentVariable>();
  const mounts: ContainerMount[] = [];
  let command: Command | null = null;
  let entrypoint: Command | null = null;
  for (const { keyword, words, args, flags } of finalInstructions(document)) {
    if (keyword === 'ENV') {
      for (const { name, value, span, exact } of assignmentsOf(words, keyword, source.text)) {
        const known = value !== null && !value.includes('$');
        environment.set(name, {
          name,
          value: known ? value : null,
          source: known ? 'literal' : 'unknown',
          span,
          inner: exact ? span : null,
        });
      }
    }
    if (keyword === 'CMD' || keyword === 'ENTRYPOINT') {
      const list = words.map(({ text }) => text);
      const shell = list.findIndex((word) => /^-[a-z]*c$/.test(word));
      const script = shell < 0 ? undefined : list[shell + 1];
      const made = { words: script === undefined ? list : [...list, ...splitWords(script)], span: args };
      if (keyword === 'CMD') command = made;
      else entrypoint = made;
    }
    if ((keyword === 'COPY' || keyword === 'ADD') && !flags.some(([name]) => name === 'from')) {
      const target = words.at(-1)?.text ?? '';
      for (const { text, span } of words.slice(0, -1)) {
        if (/[*?[$]/.test(text) || /^https?:/.test(text)) continue;
        // The context is the folder of the Dockerfile, unless a compose file says otherwise.
        const path = inRoot(dirname(source.path), text.replace(/^\/+/, '') || '.');
        const inside = target.endsWith('/') ? `${target}${text.split('/').at(-1) ?? ''}` : target;
        mounts.push({ source: text, path, target: inside, span });
      }
    }
  }
  const image = base?.image ?? null;
  return {
    name: 'image',
    nameSpan: last.from.span,
    // What it stands on may be anybody's: the defaults of the official image are not taken for granted.
    image: image && { ...image, publisher: image.publisher === 'bitnami' ? 'bitnami' : 'other' },
    environment: [...environment.values()].filter(({ name }) => /^[\w.-]{1,128}$/.test(name)),
    environmentFiles: new Set(),
    environmentComplete: false,
    command,
    entrypoint,
    mounts,
  };
}

/** Declared only where it ties configuration to the store that reads it: most Dockerfiles are run by something else. */
export function declaredContainer(file: ReadFile<'dockerfile'>): DeclaredContainer[] {
  const container = containerOf(file);
  const engine = container?.image?.engine;
  if (!container || !engine || container.mounts.every(({ path }) => path === null)) return [];
  return [
    {
      container,
      declared: {
        name: container.name,
        file: file.source.path,
        format: 'dockerfile',
        line: file.source.position(container.nameSpan.start).line,
        asset: assetId('config', file.source.path, container.name),
        image: container.image?.reference ?? null,
        engine,
        version: container.image?.version ?? null,
        published: [],
        mounts: container.mounts.flatMap(({ path, target }) => (path === null ? [] : [{ source: path, target }])),
        environment: container.environment.map(({ name }) => name),
        hostNetwork: false,
      },
    },
  ];
}
