/**
 * `docker inspect CONTAINER…`: which ports Docker publishes on the host.
 *
 *   [ { "Name": "/search", "State": { "Running": true },
 *       "HostConfig": { "NetworkMode": "bridge", "PortBindings": { "9200/tcp": [ { "HostIp": "", "HostPort": "9200" } ] } },
 *       "NetworkSettings": { "Ports": { "9200/tcp": [ { "HostIp": "0.0.0.0", "HostPort": "9200" }, { "HostIp": "::", … } ],
 *                                       "9300/tcp": null } } } ]
 *
 * `NetworkSettings.Ports` is what is, `HostConfig.PortBindings` what was asked for; the first counts for a container that
 * runs. A container on the host's network publishes nothing: its sockets are the host's own and `ss` shows them.
 * Source: Docker Engine API, `ContainerInspect`.
 */
import { type Family, parseAddress } from '../ranges.ts';
import { isMap, type Json, listOf, mapOf, parseJson, textOf } from './json.ts';
import { emptyReadout, type Published, type Readout, shownName, skipped } from './readout.ts';

const MOST_CONTAINERS = 2_000;
const MOST_PORTS = 5_000;

export function isDocker(value: Json): boolean {
  const [first] = Array.isArray(value) ? value : [value];
  return isMap(first) && isMap(first.HostConfig) && (isMap(first.NetworkSettings) || isMap(first.Config));
}

export function readDocker(path: string, text: string): Readout {
  const result = emptyReadout();
  const parsed = parseJson(text, text.trimStart().startsWith('[') ? 1 : 0);
  const value = parsed?.value ?? null;
  const containers = Array.isArray(value) ? value : [value];
  for (const [at, entry] of containers.slice(0, MOST_CONTAINERS).entries()) {
    const container = mapOf(entry);
    const name = shownName((textOf(container.Name) ?? '').replace(/^\//, '')) || `container ${at + 1}`;
    const host = mapOf(container.HostConfig);
    const state = mapOf(container.State);
    if (state.Running === false && state.Status !== undefined) {
      result.skips.push(
        skipped(path, 'FIREWALL_STOPPED_CONTAINER', `${name} does not run; its ports are not counted`, 'note'),
      );
      continue;
    }
    if (host.NetworkMode === 'host') {
      const reason = `${name} uses the host’s network: its sockets are in \`ss -ltnp\`, not here`;
      result.skips.push(skipped(path, 'FIREWALL_HOST_NETWORK', reason, 'note'));
      continue;
    }
    const live = mapOf(container.NetworkSettings).Ports;
    const ports = mapOf(isMap(live) ? live : host.PortBindings);
    const place = { path, line: parsed?.lines[at] ?? 1, entry: `container ${name}` };
    for (const [key, bindings] of Object.entries(ports).slice(0, MOST_PORTS)) {
      const [containerPort = '', protocol = 'tcp'] = key.split('/');
      if (protocol !== 'tcp') continue;
      for (const binding of listOf(bindings).slice(0, 64)) {
        result.published.push(
          ...publishedOf(mapOf(binding), { container: name, containerPort: Number(containerPort), place }),
        );
      }
    }
  }
  if (containers.length > MOST_CONTAINERS) {
    result.skips.push(skipped(path, 'FIREWALL_TOO_LARGE', `only the first ${MOST_CONTAINERS} containers were read`));
  }
  return result;
}

function publishedOf(
  binding: { readonly [key: string]: Json },
  common: Pick<Published, 'container' | 'containerPort' | 'place'>,
): Published[] {
  const port = Number(textOf(binding.HostPort));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
  const written = textOf(binding.HostIp) ?? '';
  const both: Family[] = [4, 6];
  if (written === '') return both.map((family) => ({ ...common, family, port }));
  const address = parseAddress(written);
  if (address === undefined) return [];
  return [{ ...common, family: address.family, port, ...(address.value !== 0n && { address: address.value }) }];
}
