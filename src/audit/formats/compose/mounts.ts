/** What a service mounts: `volumes` (the last for a target wins), `configs` and `secrets` that are files. */
import type { ContainerMount } from '../../containers/model.ts';
import type { Span } from '../../source.ts';
import { child, textOf, type YamlNode } from '../yaml/read.ts';
import { interpolate, splitOutside } from './interpolate.ts';
import { inRoot } from './paths.ts';
import { type Layer, type Project, type ProjectService, partsOf } from './project.ts';

export function readMounts(service: ProjectService, project: Project): ContainerMount[] {
  const mounts = new Map<string, ContainerMount>();
  function add(sourceText: string, target: string, span: Span, layer: Layer): void {
    const { text } = interpolate(sourceText, layer.variables);
    const isPath = /^(?:\.|\/|~)/.test(text);
    mounts.set(target, { source: text, path: isPath ? inRoot(layer.folder, text) : null, target, span });
  }
  for (const { node, layer } of partsOf(service, 'volumes')) {
    for (const item of node.kind === 'seq' ? node.items : []) {
      if (item.kind === 'scalar') {
        const [from, to] = splitOutside(item.text, ':');
        if (from && to) add(from.text, interpolate(to.text, layer.variables).text, item.span, layer);
      } else {
        const from = textOf(child(item, 'source')) ?? textOf(child(item, 'src'));
        const to = textOf(child(item, 'target')) ?? textOf(child(item, 'dst')) ?? textOf(child(item, 'destination'));
        if (from !== null && to !== null) add(from, interpolate(to, layer.variables).text, item.span, layer);
      }
    }
  }
  for (const key of ['configs', 'secrets'] as const) {
    const folder = key === 'configs' ? '/' : '/run/secrets/';
    for (const { node, layer } of partsOf(service, key)) {
      for (const item of node.kind === 'seq' ? node.items : []) {
        const name = textOf(item) ?? textOf(child(item, 'source'));
        const file = name === null ? null : textOf(child(definition(project.roots, key, name), 'file'));
        if (name === null || file === null) continue;
        const target = textOf(child(item, 'target')) ?? name;
        add(
          /^[./~]/.test(file) ? file : `./${file}`,
          target.startsWith('/') ? target : `${folder}${target}`,
          item.span,
          layer,
        );
      }
    }
  }
  return [...mounts.values()];
}

function definition(roots: readonly YamlNode[], key: string, name: string): YamlNode | null {
  return roots.map((root) => child(child(root, key), name)).findLast((node) => node !== null) ?? null;
}
