import type { RuleSet } from '../../model.ts';
import { hardeningRules } from './hardening.ts';
import { storeRules } from './stores.ts';

export const haproxyRules: RuleSet<'haproxy'> = {
  rules: [...storeRules, ...hardeningRules],
  guidance: {
    fixes: {
      package:
        'Edit `/etc/haproxy/haproxy.cfg`, ask `haproxy -c -f /etc/haproxy/haproxy.cfg` whether it is right, and load it with `systemctl reload haproxy`; connections that are open stay open.',
      docker:
        'Edit the file that is mounted as `/usr/local/etc/haproxy/haproxy.cfg`, then `docker kill -s HUP` on the container (started with `-W`) or restart it.',
      kubernetes:
        'Edit the ConfigMap that holds the file and restart the Deployment; of HAProxy’s ingress controller use its annotations (`haproxy.org/allow-list`, `haproxy.org/auth-type`).',
    },
    check:
      '`haproxy -c -f haproxy.cfg` accepts the file; from another machine the port answers with 401 or 403, or the connection is closed at once.',
  },
};
