import type { RuleSet } from '../../model.ts';
import { accountEverything, anonymousEverything, byClientId, everybodyEverything, noAcl, systemTopics } from './acl.ts';
import { logsNothing, runsAsRoot } from './hardening.ts';
import { anonymousClients, openedDefault, sharedCertificate } from './login.ts';
import { passwordInClear, passwordsInProject } from './passwords.ts';
import { bridgeInClear, bridgePassword, bridgeUnchecked, oldTls, websocketsWithoutTls, withoutTls } from './tls.ts';

export const mosquittoRules: RuleSet<'mosquitto.conf'> = {
  rules: [
    anonymousClients,
    openedDefault,
    sharedCertificate,
    noAcl,
    anonymousEverything,
    everybodyEverything,
    accountEverything,
    byClientId,
    systemTopics,
    passwordInClear,
    passwordsInProject,
    withoutTls,
    websocketsWithoutTls,
    oldTls,
    bridgeInClear,
    bridgeUnchecked,
    bridgePassword,
    logsNothing,
    runsAsRoot,
  ],
  guidance: {
    attack:
      'Port scanners find port 1883 within hours, and the app’s package names the broker. Whoever gets in subscribes to `#`: he reads every message from then on, gets what is retained at once, and publishes commands that apps and devices obey.',
    fixes: {
      package:
        'Edit `/etc/mosquitto/mosquitto.conf` or a file in `/etc/mosquitto/conf.d`, then `systemctl restart mosquitto`: a reload (SIGHUP) reads accounts and ACLs again, but not listeners.',
      docker:
        'Mount the changed file as `/mosquitto/config/mosquitto.conf`, with the password file and ACL file beside it, owned by uid 1883 and mode 0600; then `docker compose up -d --force-recreate`.',
      kubernetes:
        'Put mosquitto.conf and the ACL file into the ConfigMap, the password file and the key into a Secret that is mounted beside them, and restart the Deployment.',
    },
    check:
      '`mosquitto_sub -h HOST -p PORT -t "#" -v` from another machine answers `Connection Refused: not authorised.`, and with the app’s account it shows the account’s own topics only.',
  },
};
