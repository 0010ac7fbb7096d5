/** Brokers, coordination, containers and monitoring. */
import type { ProbeService } from '../service.ts';
import { mqtt } from './mqtt/index.ts';

export const infrastructureServices: readonly ProbeService[] = [mqtt];
