/** Every service that can be asked, in the fixed order in which services of one port are told apart. */
import type { ProbeService } from '../service.ts';
import { applicationServices } from './application.ts';
import { databaseServices } from './database.ts';
import { infrastructureServices } from './infrastructure.ts';
import { managedServices } from './managed.ts';
import { searchServices } from './search.ts';

export const services: readonly ProbeService[] = [
  ...searchServices,
  ...managedServices,
  ...databaseServices,
  ...infrastructureServices,
  ...applicationServices,
];
