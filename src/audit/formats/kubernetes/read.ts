/**
 * Kubernetes manifests: YAML or JSON objects with `apiVersion` and `kind`, several in one file (`---`) or in a list, as
 * they are written, rendered by Helm or built by Kustomize.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/
 *
 * Templates of charts (`{{ … }}`) are no manifests: what they mean is known after rendering. They are told apart and
 * said to be skipped. What several files mean together – Services, policies, ConfigMaps – is in `cluster.ts`.
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format } from '../../model.ts';
import { readYaml, type YamlNode } from '../yaml/read.ts';
import { settingsBelow } from '../yaml/settings.ts';
import { yamlSkips } from '../yaml/skips.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { declaredContainers } from './declare.ts';
import { embeddedTexts } from './embedded.ts';
import { kubernetesFacts } from './facts.ts';
import { type KubernetesObject, objectsOf } from './objects.ts';

export interface KubernetesDocument {
  objects: readonly KubernetesObject[];
  /** All manifests of the tree together. */
  cluster: Cluster;
  /** A template of a chart: nothing in it was read. */
  template: boolean;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

const LOOKED_AT = 262_144;
const MAX_SETTINGS = 20_000;
const MAX_DEPTH = 120;

const YAML_VERSION =
  /^(?:- )?["']?apiVersion["']?[ \t]*:[ \t]*(?:["']?(?:[\w.-]+\/)?v\d\w*["']?[ \t]*(?:#.*)?\r?$|\{\{)/m;
const YAML_KIND = /^(?:- )?["']?kind["']?[ \t]*:[ \t]*(?:["']?[A-Z]\w*["']?[ \t]*(?:#.*)?\r?$|\{\{)/m;
const JSON_VERSION = /"apiVersion"\s*:\s*"(?:[\w.-]+\/)?v\d\w*"/;
const JSON_KIND = /"kind"\s*:\s*"[A-Z]\w*"/;
/** Words of templates of charts. */
const HELM =
  /\{\{-?[ \t]*(?:\.(?:Values|Release|Chart|Capabilities|Files)\b|\/\*|\$|(?:include|template|if|range|with|define|end|toYaml|tpl|block|fail)\b)/;

export const kubernetesFormat: Format<'kubernetes'> = {
  name: 'kubernetes',
  title: 'Kubernetes manifests and rendered Helm charts',
  recognises(path, text) {
    if (/^(?:Chart|values|Chartfile|skaffold|catalog-info|docker-compose)[\w.-]*\.ya?ml$/i.test(basename(path)))
      return false;
    if (/\.(?:tf|hcl|sh|bash|toml|ini|xml|properties)$/i.test(path)) return false;
    const head = text.slice(0, LOOKED_AT);
    if (!head.includes('apiVersion')) return false;
    if (/^\s*(?:\{\s*"|\[\s*\{\s*")/.test(head.slice(0, 2_000))) return JSON_VERSION.test(head) && JSON_KIND.test(head);
    return YAML_VERSION.test(head) && YAML_KIND.test(head);
  },
  read(source) {
    const { text } = source;
    if (!text.includes('apiVersion')) return { document: emptyDocument(true), status: 'read', skips: [] };
    const { roots, problems } = readYaml(text);
    if (isTemplate(text, roots, problems.length > 0)) {
      const reason = 'a template of a chart; what it means is known after rendering (helm template)';
      const skips: Skip[] = [{ subject: source.path, code: 'HELM_TEMPLATE', reason, severity: 'note' }];
      return { document: { ...emptyDocument(false), template: true }, status: 'partial', skips };
    }
    const skips = yamlSkips(source, problems);
    const objects = objectsOf(roots, source);
    const complete = skips.length === 0;
    const document = { objects, cluster: clusterOf(objects), template: false, complete };
    return { document, status: complete ? 'read' : objects.length > 0 ? 'partial' : 'failed', skips };
  },
  assemble(files) {
    const cluster = clusterOf(files.flatMap(({ document }) => document.objects));
    return { files: files.map((file) => ({ ...file, document: { ...file.document, cluster } })), skips: [] };
  },
  *settings({ objects }) {
    let room = MAX_SETTINGS;
    for (const { node, pointer } of objects) {
      for (const setting of settingsBelow(node, pointer)) {
        if (room-- <= 0) return;
        yield setting;
      }
    }
  },
  containers: declaredContainers,
  embedded: ({ objects }) => embeddedTexts(objects),
  facts: kubernetesFacts,
};

function emptyDocument(complete: boolean): KubernetesDocument {
  return { objects: [], cluster: clusterOf([]), template: false, complete };
}

function isTemplate(text: string, roots: readonly YamlNode[], broken: boolean): boolean {
  if (!text.includes('{{')) return false;
  if (broken) return HELM.test(text) || /^[ \t-]*(?:[\w./-]+:[ \t]+)?\{\{/m.test(text);
  const open: { node: YamlNode; depth: number }[] = roots.map((node) => ({ node, depth: 0 }));
  let seen = 0;
  for (let next = open.pop(); next && seen < 100_000; next = open.pop()) {
    seen += 1;
    const { node, depth } = next;
    if (node.kind === 'scalar') {
      if (node.style === 'plain' && node.text.includes('{{')) return true;
      if (node.style !== 'block' && HELM.test(node.text)) return true;
    } else if (depth < MAX_DEPTH) {
      if (node.flow && text.startsWith('{{', node.span.start)) return true;
      const below = node.kind === 'map' ? node.entries.flatMap(({ value }) => value ?? []) : node.items;
      for (const one of below) open.push({ node: one, depth: depth + 1 });
    }
  }
  return false;
}
