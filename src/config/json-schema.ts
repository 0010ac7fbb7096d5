import { z } from 'zod';
import { configSchema } from './schema.ts';

export const CONFIG_SCHEMA = 'https://postern.dev/schema/postern-config.json';

/** The JSON Schema of postern.yaml, for editors. Draft 7 is what YAML language servers know. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: CONFIG_SCHEMA, title: 'postern.yaml', ...schema };
}
