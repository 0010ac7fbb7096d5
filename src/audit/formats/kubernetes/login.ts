/** A container as its shared judgement has to see it. */
import type { PodContainer } from './pods.ts';

/**
 * `command` of a pod stands in for the image's entrypoint. MongoDB's entrypoint is what turns `MONGO_INITDB_ROOT_*` into
 * a user and `--auth`; started as `mongod` without it, the variables do nothing.
 * https://github.com/docker-library/mongo/blob/master/7.0/docker-entrypoint.sh
 */
export function startedContainer(container: PodContainer): PodContainer {
  const program = container.entrypoint?.words[0] ?? '';
  const bypassed = container.image?.engine === 'mongodb' && /(?:^|\/)mongod$/.test(program);
  if (!bypassed || container.image?.publisher !== 'official') return container;
  return { ...container, environment: [], environmentFiles: new Set(), environmentComplete: true };
}
