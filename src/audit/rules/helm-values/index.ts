import type { RuleSet } from '../../model.ts';
import { networkPolicyOff, storeExposed, tlsOff } from './network.ts';
import { chartLiteralPassword, chartPassword } from './passwords.ts';
import { loginOff, searchSecurityOff } from './rules.ts';

export const helmValuesRules: RuleSet<'helm-values'> = {
  rules: [loginOff, searchSecurityOff, storeExposed, networkPolicyOff, tlsOff, chartPassword, chartLiteralPassword],
  guidance: {
    fixes: {
      kubernetes:
        'Change the values, look at what comes of them with `helm template` (or `helm diff upgrade`), then `helm upgrade RELEASE CHART -f values.yaml`. A password that a chart made at the first installation is kept in its Secret; a volume that exists keeps the users and passwords it was made with.',
    },
    check:
      '`helm template RELEASE CHART -f values.yaml | postern audit` has nothing left to say about the store; in the cluster `kubectl get services,networkpolicies` shows ClusterIP and a policy for it.',
  },
};
