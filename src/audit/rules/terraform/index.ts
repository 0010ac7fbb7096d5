import type { RuleSet } from '../../model.ts';
import { accessRules } from './access.ts';
import { awsDatabaseRules } from './aws-databases.ts';
import { awsServiceRules } from './aws-services.ts';
import { azureRules } from './azure.ts';
import { containerRules } from './containers.ts';
import { gcpRules } from './gcp.ts';
import { networkRules } from './network.ts';
import { s3Rules } from './s3.ts';
import { secretRules } from './secrets.ts';

export const terraformRules: RuleSet<'terraform'> = {
  rules: [
    ...networkRules,
    ...awsDatabaseRules,
    ...awsServiceRules,
    ...s3Rules,
    ...accessRules,
    ...gcpRules,
    ...azureRules,
    ...secretRules,
    ...containerRules,
  ],
  guidance: {
    fixes: {
      terraform:
        'Change the setting at the place that the finding points at – the resource, the argument of the module, the default or the `.tfvars` line – run `terraform plan`, read whether it says “update in-place” or “must be replaced”, and apply.',
      managed:
        'What the plan cannot change in place (encryption, the VPC of a domain) is done with a snapshot: copy it with the new setting, restore, move the clients, delete the old one.',
    },
    check:
      '`terraform plan` proposes the change once and nothing after `apply`; `terraform state show ADDRESS` shows the new value.',
  },
  dropped: {
    'TA-S3-008':
      'Not a weakness: S3 encrypts every object with SSE-S3 since January 2023; a key of one’s own is a choice, and its absence leaves nothing readable.',
    'TA-BAK-001':
      'Cannot be decided from the tree: selections of AWS Backup go by tags and by resources of other states. Backups of the stores themselves are judged by audit/terraform-store-without-backups and audit/terraform-dynamodb-without-recovery.',
  },
};
