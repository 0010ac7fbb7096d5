import type { RuleSet } from '../../model.ts';
import { actuatorExposed, consoleOpen, debugOn } from './runtime.ts';
import {
  appKeyCommitted,
  cloudKeyCommitted,
  secretCommitted,
  secretInPublicName,
  wellKnownPassword,
} from './secrets.ts';
import { storeWithoutPassword, storeWithoutTls, superuserAccount } from './stores.ts';

export const appSettingsRules: RuleSet<'app-settings'> = {
  rules: [
    secretCommitted,
    appKeyCommitted,
    cloudKeyCommitted,
    wellKnownPassword,
    secretInPublicName,
    storeWithoutPassword,
    storeWithoutTls,
    superuserAccount,
    debugOn,
    actuatorExposed,
    consoleOpen,
  ],
  guidance: {
    fixes: {
      package:
        'Put the value into the environment of the service (`EnvironmentFile=` of systemd with mode 0600, or a credential: `LoadCredential=`), read it from there in the settings, and restart.',
      docker:
        'Give it as a secret (`secrets:` and a `…_FILE` variable, or Spring’s `configtree:`) or a required variable `${NAME:?}`; keep `.env` out of the image (`.dockerignore`) and out of version control.',
      kubernetes: '`env` with `valueFrom.secretKeyRef`, or a mounted `Secret`.',
      managed:
        'The secret store of the provider (Secrets Manager, Secret Manager, Key Vault), with a role of the machine that may read this one secret.',
    },
    check: '`git log -p -- FILE` shows no secret that still works, and `postern audit` says nothing about the file.',
  },
};
