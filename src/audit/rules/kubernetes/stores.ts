/** Containers of a manifest that run stores, and from where they are reached. */
import type { Engine } from '../../declared.ts';
import type { Way } from '../../formats/kubernetes/cluster.ts';
import { containersIn, waysToContainer } from '../../formats/kubernetes/declare.ts';
import type { PodContainer } from '../../formats/kubernetes/pods.ts';
import type { Entry, ScalarNode } from '../../formats/yaml/read.ts';
import type { Fix, ReadFile } from '../../model.ts';
import { type Source, type Span, wholeLines } from '../../source.ts';

export type Manifest = ReadFile<'kubernetes'>;

export interface StoreContainer {
  container: PodContainer;
  engine: Engine;
}

export function storesIn(file: Manifest): StoreContainer[] {
  return containersIn(file).flatMap((container) => {
    const engine = container.image?.engine;
    // A Job or CronJob that uses an image for its client tools serves nobody.
    const client = container.pod.object.kind === 'Job' || container.pod.object.kind === 'CronJob';
    return engine && !client ? [{ container, engine }] : [];
  });
}

export interface Reach {
  /** `cluster`: other pods; `shut`: a network policy names who, or keeps strangers out of an open way. */
  level: 'internet' | 'network' | 'cluster' | 'shut';
  /** One clause for messages. */
  text: string;
}

export function reachOf(container: PodContainer, file: Manifest): Reach {
  const { cluster } = file.document;
  const ways = waysToContainer(container, cluster).filter(
    (way) => way.kind === 'route' || cluster.policiesFor(container.pod, way.target).state !== 'closed',
  );
  const open = ways.find(({ from, guarded }) => from === 'internet' && !guarded);
  if (open) return { level: 'internet', text: `and ${describe(open)} leads to it from the internet` };
  const [other] = ways;
  if (other) return { level: 'network', text: `and ${describe(other)} leads to it from outside the cluster` };
  const port = container.ports[0]?.port ?? null;
  const { state } = cluster.policiesFor(container.pod, port);
  return state === 'closed'
    ? { level: 'shut', text: 'reachable by the pods that a NetworkPolicy names' }
    : { level: 'cluster', text: 'reachable by every pod of the cluster' };
}

export function severityOf({ level }: Reach): 'critical' | 'high' | 'medium' | 'low' {
  if (level === 'internet') return 'critical';
  if (level === 'network') return 'high';
  return level === 'cluster' ? 'medium' : 'low';
}

/** `Service db`, `Ingress web`. */
export function describe(way: Way): string {
  if (way.kind === 'host-network') return 'the network of its node';
  if (way.kind === 'host-port') return 'a port of its node';
  return `${way.object.kind} \`${way.object.name}\``;
}

/** The image, where something that is not set stands. */
export function imageSpan(container: PodContainer): Span {
  return container.image?.span ?? container.nameSpan;
}

/** Replaces a scalar inside its quotes; null where it cannot be done exactly. */
export function replaceScalar(node: ScalarNode, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  return node.inner && node.inner.end > node.inner.start ? { ...rest, edits: [{ ...node.inner, text }] } : null;
}

/** Cuts the lines of an entry of a block mapping; null where something else stands on them. */
export function cutEntry(entry: Entry, source: Source, rest: Omit<Fix, 'edits'>): Fix | null {
  if (entry.merged) return null;
  const { text } = source;
  const start = text.lastIndexOf('\n', entry.keySpan.start - 1) + 1;
  const end = Math.max(entry.span.end, entry.value?.span.end ?? 0);
  const newline = text.indexOf('\n', end);
  const before = text.slice(start, entry.keySpan.start);
  const after = text.slice(end, newline < 0 ? text.length : newline);
  if (before.trim() !== '' || !/^[ \t]*(?:#.*)?\r?$/.test(after)) return null;
  return { ...rest, edits: [{ ...wholeLines(text, { start: entry.keySpan.start, end }), text: '' }] };
}
