import type { RuleSet } from '../../model.ts';
import { fileRules } from './files.ts';
import { loginRules } from './login.ts';
import { transportRules } from './transport.ts';

export const nginxRules: RuleSet<'nginx'> = {
  rules: [...loginRules, ...transportRules, ...fileRules],
  guidance: {
    fixes: {
      package:
        'Edit the file below `/etc/nginx` that the finding names, ask `nginx -t` whether it is right, and load it with `systemctl reload nginx`; connections that are open stay open.',
      docker:
        'Edit the file that is mounted into the container (or the template below `/etc/nginx/templates`), then `docker compose exec proxy nginx -t && docker compose exec proxy nginx -s reload`.',
      kubernetes:
        'Of an nginx of your own: edit the ConfigMap that holds the file and restart the Deployment. Of ingress-nginx: the annotations `nginx.ingress.kubernetes.io/auth-type`, `auth-secret` and `whitelist-source-range` of the Ingress.',
    },
    check:
      '`nginx -T` shows the configuration in force; from another machine `curl -si https://HOST/PATH` answers 401 or 403 instead of the store’s data.',
  },
};
