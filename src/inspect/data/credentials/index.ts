/** Every family of credentials. A family is one file and one entry here; the tests check and run all of them. */
import type { Severity } from '../../../core/severity.ts';
import { analytics } from './analytics.ts';
import { aws } from './aws.ts';
import { azure } from './azure.ts';
import { codeHosts } from './code-hosts.ts';
import type { CredentialFamily, CredentialRule, NamedRule } from './credential-rule.ts';
import { dataServices } from './data-services.ts';
import { google } from './google.ts';
import { keys } from './keys.ts';
import { maps } from './maps.ts';
import { messaging } from './messaging.ts';
import { models } from './models.ts';
import { payment } from './payment.ts';
import { social } from './social.ts';

export const CREDENTIAL_FAMILIES: readonly CredentialFamily[] = [
  google,
  aws,
  azure,
  dataServices,
  payment,
  messaging,
  social,
  codeHosts,
  models,
  maps,
  analytics,
  keys,
];

export const CREDENTIAL_RULES: readonly CredentialRule[] = CREDENTIAL_FAMILIES.flatMap(({ rules }) => rules);
/** In order: a rule of a provider comes before the one that any client secret fits. */
export const NAMED_RULES: readonly NamedRule[] = CREDENTIAL_FAMILIES.flatMap(({ named = [] }) => named);

const SEVERITIES = new Map<string, Severity>(
  [
    ...CREDENTIAL_RULES,
    ...NAMED_RULES,
    ...CREDENTIAL_RULES.flatMap(({ provider, variants = {} }) =>
      Object.values(variants).map((variant) => ({ provider, ...variant })),
    ),
  ].map(({ provider, kind, severity }) => [`${provider} ${kind}`, severity]),
);

/** How bad it is that an app carries such a key; undefined of kinds that no rule names. */
export function credentialSeverity(provider: string, kind: string): Severity | undefined {
  return SEVERITIES.get(`${provider} ${kind}`);
}
