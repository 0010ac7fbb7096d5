/** Back ends that apps talk to, and what is left beside them. */
import type { ProbeService } from '../service.ts';

export const applicationServices: readonly ProbeService[] = [];
