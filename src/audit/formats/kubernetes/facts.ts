/** What manifests tell about the whole: stores, the policies in front of them, and the ways in. */
import { assetId } from '../../../core/asset.ts';
import { authenticationOf } from '../../containers/authentication.ts';
import type { DoorFact, Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile, RuleContext } from '../../model.ts';
import type { Cluster } from './cluster.ts';
import { containersIn, waysToContainer } from './declare.ts';
import { startedContainer } from './login.ts';
import type { KubernetesObject } from './objects.ts';
import type { PodContainer } from './pods.ts';

export function kubernetesFacts(file: ReadFile<'kubernetes'>, context: RuleContext): Facts {
  const { cluster } = file.document;
  const stores: StoreFact[] = [];
  const doors: DoorFact[] = [];
  for (const container of containersIn(file)) {
    if (!container.image?.engine) continue;
    const asset = assetId('config', file.source.path, container.name);
    const policy = policyDoor(container, cluster, `kubernetes:${asset}:network-policy`);
    const way = wayDoor(container, cluster, `kubernetes:${asset}:ways`);
    doors.push(...(policy ? [policy] : []), way);
    stores.push(storeOf(container, context, asset, [way.id, ...(policy ? [policy.id] : [])]));
  }
  return { stores, doors };
}

function placeOf(object: KubernetesObject, span = object.nameSpan): Place {
  return { source: object.source, span, pointer: object.pointer };
}

function storeOf(container: PodContainer, context: RuleContext, asset: string, behind: string[]): StoreFact {
  const { object } = container.pod;
  const login = authenticationOf(startedContainer(container), context);
  const texts = {
    off: 'asks for no login',
    on: 'asks for a login',
    unknown: 'whether it asks for a login is not told',
  };
  const span = login.state === 'off' && login.by === 'variable' ? login.variable.span : container.image?.span;
  const place = placeOf(object, span);
  const [port] = container.ports;
  return {
    asset,
    name: container.name,
    engine: container.image?.engine ?? null,
    version: container.image?.version ?? null,
    by: 'container',
    listens: { on: 'everywhere', port: port?.port ?? null, place: placeOf(object) },
    login: { state: login.state, text: texts[login.state], place },
    encrypted: { state: 'unknown', place: null },
    behind,
    publicAddress: null,
    place: placeOf(object),
  };
}

/** The Services and routes that lead to a container, as one door: a pod has no address that a stranger reaches. */
function wayDoor(container: PodContainer, cluster: Cluster, id: string): DoorFact {
  const ways = waysToContainer(container, cluster);
  return {
    id,
    kind: 'load-balancer',
    stands: 'behind',
    lets(port) {
      const leading = ways.filter(
        ({ target, port: outside }) => target === null || target === port || outside === port,
      );
      const open = leading.find(({ from, guarded }) => from === 'internet' && !guarded);
      if (open) {
        const text = `${open.object.kind} ${open.object.name} leads to it from the internet`;
        return { state: 'open', text, place: placeOf(open.object, open.span) };
      }
      const [other] = leading;
      if (other) {
        const text = `${other.object.kind} ${other.object.name} leads to it from the network of the nodes`;
        return { state: 'unknown', text, place: placeOf(other.object, other.span) };
      }
      const text = 'no Service or route leads to it from outside the cluster';
      return { state: 'closed', text, place: placeOf(container.pod.object) };
    },
  };
}

function policyDoor(container: PodContainer, cluster: Cluster, id: string): DoorFact | null {
  const [first] = cluster.policiesFor(container.pod, null).policies;
  if (first === undefined) return null;
  return {
    id,
    kind: 'network-policy',
    stands: 'behind',
    lets(port) {
      const open = cluster.policiesFor(container.pod, port).state === 'open';
      const text = open
        ? `NetworkPolicy ${first.object.name} lets everybody in`
        : `NetworkPolicy ${first.object.name} lets only chosen pods in, where the network plug-in enforces it`;
      return { state: open ? 'open' : 'closed', text, place: placeOf(first.object, first.selectorSpan) };
    },
  };
}
