/** A product may speak two protocols: two services that share an id. */
import type { ProbeService } from './service.ts';

/** True for the id and its further names. */
export function isCalled(service: ProbeService, name: string): boolean {
  return service.id === name || (service.aliases ?? []).includes(name);
}

/** The first face of each id, in order. */
export function oneOfEach(services: readonly ProbeService[]): ProbeService[] {
  return services.filter((service, index) => services.findIndex(({ id }) => id === service.id) === index);
}
