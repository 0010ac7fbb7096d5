import { assetId } from '../../../core/asset.ts';
import type { DeclaredContainer, ReadFile } from '../../model.ts';

/** What a compose file declares, in its order. */
export function declaredServices({ source, document }: ReadFile<'docker-compose'>): DeclaredContainer[] {
  return document.services.map((service) => {
    const named = document.place(service.nameSpan).source;
    return {
      container: service,
      declared: {
        name: service.name,
        file: named.path,
        format: 'docker-compose',
        line: document.text.position(service.nameSpan.start).line,
        asset: assetId('config', source.path, service.name),
        image: service.image?.reference ?? null,
        engine: service.image?.engine ?? null,
        version: service.image?.version ?? null,
        published: service.internalOnly
          ? []
          : service.ports.map((port) => ({
              hostIp: port.hostIp,
              hostPort: port.hostPort,
              containerPort: port.containerPort,
              protocol: port.protocol,
              ...document.text.position(port.span.start),
              pointer: `services.${service.name}.ports[${port.key}]`,
              allInterfaces: port.allInterfaces,
            })),
        mounts: service.mounts.flatMap(({ path, target }) => (path === null ? [] : [{ source: path, target }])),
        environment: [...new Set([...service.environment.map(({ name }) => name), ...service.environmentFiles])],
        hostNetwork: service.hostNetwork !== null,
      },
    };
  });
}
