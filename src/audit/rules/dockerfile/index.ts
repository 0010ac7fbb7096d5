import type { RuleSet } from '../../model.ts';
import { addsRemote, baseNotPinned, runsAsRoot } from './basics.ts';
import { copiesSecrets, secretInEnvironment, secretInRun } from './secrets.ts';
import { storeBesideApp, storeWithoutLogin } from './stores.ts';

export const dockerfileRules: RuleSet<'dockerfile'> = {
  rules: [
    secretInEnvironment,
    copiesSecrets,
    secretInRun,
    storeWithoutLogin,
    storeBesideApp,
    runsAsRoot,
    baseNotPinned,
    addsRemote,
  ],
  guidance: {
    fixes: {
      docker:
        'Change the Dockerfile, build again without the cache (`docker build --no-cache`), push, and recreate the containers. Images that were pushed before keep the old layers: delete their tags and change every secret that was in them.',
      kubernetes:
        'As with Docker; secrets come from `secretKeyRef` or a mounted `Secret`, the user from `securityContext.runAsUser`.',
    },
    check:
      '`docker history --no-trunc IMAGE` and `docker inspect -f "{{.Config.Env}} {{.Config.User}}" IMAGE` show no secret, and a user.',
  },
};
