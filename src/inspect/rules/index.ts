import { androidRules } from './android-rules.ts';
import { credentialFindingRules } from './credential-rules.ts';
import { dataSafetyRules } from './data-safety-rules.ts';
import { endpointRules } from './endpoint-rules.ts';
import type { InspectRule } from './inspect-rule.ts';
import { iosBinaryRules } from './ios-binary-rules.ts';
import { iosRules } from './ios-rules.ts';
import { privacyRules } from './privacy-rules.ts';
import { signatureRules } from './signature-rules.ts';
import { storeRules } from './store-rules.ts';

export const inspectRules: readonly InspectRule[] = [
  ...endpointRules,
  ...storeRules,
  ...credentialFindingRules,
  ...androidRules,
  ...iosRules,
  ...iosBinaryRules,
  ...privacyRules,
  ...dataSafetyRules,
  ...signatureRules,
];
