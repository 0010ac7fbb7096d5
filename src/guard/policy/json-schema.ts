import { z } from 'zod';
import { policySchema } from './schema/policy.ts';

export const POLICY_SCHEMA = 'https://postern.dev/schema/postern-guard.json';

/** The JSON Schema of guard.yaml, for editors. Draft 7 is what YAML language servers know. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: POLICY_SCHEMA, title: 'guard.yaml', ...schema };
}
