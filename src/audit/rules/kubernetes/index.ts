import type { RuleSet } from '../../model.ts';
import { auditLogsNothing, secretsInClear } from './control-plane.ts';
import { storeExternalIp, storeHostPort, storeLoadBalancer, storeNodePort } from './exposure.ts';
import { pageWithoutLogin, storeWithoutLogin } from './login.ts';
import { operatorBackupOff, operatorTlsOff } from './operator-settings.ts';
import { operatorStoreExposed, operatorStoreWithoutLogin } from './operators.ts';
import { literalPassword, passwordInConfigMap, wellKnownPassword } from './passwords.ts';
import { policyOpen, storeWithoutPolicy } from './policies.ts';
import { clusterAdmin, storePrivileged, storeToken } from './privileges.ts';
import { adminPageExposed, storeRouted } from './routes.ts';
import { secretCommitted } from './secrets.ts';
import { storeOnEmptyDir, storeOnHostPath } from './volumes.ts';

export const kubernetesRules: RuleSet<'kubernetes'> = {
  rules: [
    storeLoadBalancer,
    storeNodePort,
    storeExternalIp,
    storeHostPort,
    storeRouted,
    adminPageExposed,
    storeWithoutLogin,
    pageWithoutLogin,
    storeWithoutPolicy,
    policyOpen,
    wellKnownPassword,
    literalPassword,
    passwordInConfigMap,
    secretCommitted,
    storePrivileged,
    storeToken,
    clusterAdmin,
    storeOnEmptyDir,
    storeOnHostPath,
    operatorStoreExposed,
    operatorStoreWithoutLogin,
    operatorTlsOff,
    operatorBackupOff,
    secretsInClear,
    auditLogsNothing,
  ],
  guidance: {
    fixes: {
      kubernetes:
        'Change the manifest in the repository, look at the difference with `kubectl diff -f FILE`, then `kubectl apply -f FILE`. Where Helm or Kustomize makes the manifest, change its values or its overlay, or the next release takes the change back. A Secret that was changed is read by a pod at its next start: `kubectl rollout restart`.',
      managed:
        'Clusters of providers (EKS, GKE, AKS) put what they add – load balancers, disks, the audit log – under their own settings: change these in the console or in Terraform as well.',
    },
    check:
      'From a pod that has no business there: `kubectl run probe --rm -it --image=busybox -- nc -vz -w 3 SERVICE PORT` fails; from outside, `kubectl get services,ingresses -A` shows no address for the store.',
  },
};
