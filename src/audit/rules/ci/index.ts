import type { RuleSet } from '../../model.ts';
import { loginOnCommandLine, secretInTheOpen, secretPrinted, strangersCode } from './rules.ts';

export const ciRules: RuleSet<'ci'> = {
  rules: [secretInTheOpen, loginOnCommandLine, secretPrinted, strangersCode],
  guidance: {
    fixes: {
      managed:
        'Change the secret where it is valid, store the new one with the CI service (GitHub: Settings → Secrets and variables; GitLab: Settings → CI/CD → Variables, masked and protected), refer to it in the file, and delete logs of earlier runs. Better than a stored secret: OpenID Connect of the service with a role in the cloud.',
    },
    check:
      '`git log -p -- FILE` shows no secret that still works; the log of the next run shows `***` where it is used.',
  },
};
