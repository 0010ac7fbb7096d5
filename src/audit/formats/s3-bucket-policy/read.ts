/**
 * JSON policies standing alone (`bucket-policy.json`), about S3: of buckets (with `Principal`) and of roles (without).
 *
 *   { "Version": "2012-10-17", "Id": …, "Statement": [ { "Sid", "Effect", "Principal" | "NotPrincipal",
 *     "Action" | "NotAction", "Resource" | "NotResource", "Condition" } ] }
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import type { Format, SettingView } from '../../model.ts';
import type { Source } from '../../source.ts';
import { parseJson } from '../terraform/json.ts';
import { documentOf, type Policy, policyOf } from '../terraform/policy.ts';
import { type StringValue, textOf, type Value } from '../terraform/values.ts';

export interface BucketPolicyDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  policy: Policy;
  value: Value | null;
}

const LARGEST = 262_144;
const KEYS = new Set(['Version', 'Id', 'Statement']);

function recognises(_path: string, text: string): boolean {
  if (text.length > LARGEST || !/^\s*\{/.test(text) || !text.includes('"Statement"') || !text.includes('"Effect"'))
    return false;
  if (!/"s3:|arn:aws[\w-]*:s3:::/i.test(text)) return false;
  const root = parseJson(text);
  if (typeof root === 'number' || root.kind !== 'object') return false;
  return root.entries.every(({ key }) => key.kind === 'literal' && KEYS.has(String(key.value)));
}

/** The text of the file as one exact string value, so that places in it are places in the file. */
function asValue(source: Source): StringValue {
  const span = { start: 0, end: source.text.length };
  const at = { source, span, literal: false };
  return { kind: 'string', value: source.text, pieces: [{ text: 0, offset: 0 }], at };
}

export const bucketPolicyFormat: Format<'s3-bucket-policy'> = {
  name: 's3-bucket-policy',
  title: 'S3 bucket policies',
  recognises,
  read(source) {
    const whole = asValue(source);
    const value = documentOf(whole);
    const policy = policyOf(whole);
    if (policy !== null) return { document: { complete: true, policy, value }, status: 'read', skips: [] };
    const skip = {
      subject: source.path,
      code: 'AUDIT_POLICY_SYNTAX',
      reason: 'no JSON of a policy',
      severity: 'incomplete',
    } as const;
    return {
      document: { complete: false, policy: { statements: [], complete: false }, value },
      status: 'failed',
      skips: [skip],
    };
  },
  *settings({ value }) {
    if (value !== null) yield* flat('', value, 0);
  },
};

function* flat(pointer: string, value: Value, depth: number): Generator<SettingView> {
  if (depth > 20) return;
  if (value.kind === 'map') {
    for (const [key, item] of value.entries) yield* flat(pointer === '' ? key : `${pointer}.${key}`, item, depth + 1);
  } else if (value.kind === 'list' && value.items.some((item) => textOf(item) === null)) {
    for (const [index, item] of value.items.entries()) yield* flat(`${pointer}[${index}]`, item, depth + 1);
  } else {
    const texts = value.kind === 'list' ? value.items.map(textOf) : [textOf(value)];
    yield { pointer, values: texts.filter((text) => text !== null), span: value.at.span };
  }
}
