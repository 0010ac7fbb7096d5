/** Back ends that apps talk to, and what is left beside them. */
import type { ProbeService } from '../service.ts';
import { adb } from './android-debug/adb.ts';
import { androidDebugDatabase } from './android-debug/index.ts';
import { dbAdminUi } from './db-admin-ui/index.ts';
import { directus } from './directus/index.ts';
import { exposedFiles } from './exposed-files/index.ts';
import { graphql } from './graphql/index.ts';
import { hasura } from './hasura/index.ts';
import { kibana } from './kibana/index.ts';
import { openapi } from './openapi/index.ts';
import { parseServer } from './parse-server/index.ts';
import { pocketbase } from './pocketbase/index.ts';
import { springActuator } from './spring-actuator/index.ts';
import { strapi } from './strapi/index.ts';

export const applicationServices: readonly ProbeService[] = [
  kibana,
  hasura,
  parseServer,
  pocketbase,
  strapi,
  directus,
  androidDebugDatabase,
  adb,
  graphql,
  exposedFiles,
  springActuator,
  dbAdminUi,
  openapi,
];
