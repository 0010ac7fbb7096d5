import type { RuleSet } from '../../model.ts';
import { bucketAcl, bucketBlockOff, bucketPolicy, groupOpen } from './access.ts';
import { databaseNoBackup, databaseNotEncrypted, databasePublic, tableNoRecovery } from './databases.ts';
import { apiOpen, guests, resourcePolicy, wideRole } from './identities.ts';
import { bucketUnversioned, databasePasswordsOnly, databaseUnprotected, storeUnlogged } from './keeping.ts';
import { cacheOpen, cachePlain, domainHttp, domainOpen, kafkaOpen } from './search-and-caches.ts';
import { literalPassword } from './secrets.ts';
import { deletedWithStack, tlsNotForced } from './stacks.ts';

export const cloudformationRules: RuleSet<'cloudformation'> = {
  rules: [
    groupOpen,
    databasePublic,
    domainOpen,
    domainHttp,
    cacheOpen,
    cachePlain,
    kafkaOpen,
    literalPassword,
    databaseNotEncrypted,
    databaseNoBackup,
    tableNoRecovery,
    databaseUnprotected,
    databasePasswordsOnly,
    storeUnlogged,
    bucketUnversioned,
    deletedWithStack,
    tlsNotForced,
    bucketAcl,
    bucketPolicy,
    bucketBlockOff,
    resourcePolicy,
    guests,
    apiOpen,
    wideRole,
  ],
  guidance: {
    fixes: {
      managed:
        'Change the template and look at a change set before it is executed (`aws cloudformation create-change-set`, then `describe-change-set`): a line with `Replacement: True` makes a new, empty resource. Changes made in the console only are taken back by the next deployment.',
    },
    check:
      '`aws cloudformation detect-stack-drift --stack-name STACK` followed by `describe-stack-resource-drifts` reports no difference, and the description of the resource (`aws rds describe-db-instances`, `aws s3api get-public-access-block`, …) shows the new value.',
  },
};
