import type { RuleSet } from '../../model.ts';

export const bucketPolicyRules: RuleSet<'s3-bucket-policy'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
