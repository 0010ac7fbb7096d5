import { describe, expect, it } from 'vitest';
import { bucketPolicyFormat } from './read.ts';

const STATEMENT = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/*' };

describe('the reader of bucket policies', () => {
  it('takes documents of policies about S3, whatever they are called', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [STATEMENT] });
    expect(bucketPolicyFormat.recognises('x', text)).toBe(true);
    expect(bucketPolicyFormat.recognises('policy.json', JSON.stringify({ Statement: STATEMENT }))).toBe(true);
  });

  it('leaves templates that hold a policy, and policies of other services, alone', () => {
    const template = {
      Resources: { P: { Type: 'AWS::S3::BucketPolicy', Properties: { PolicyDocument: { Statement: [STATEMENT] } } } },
    };
    expect(bucketPolicyFormat.recognises('template.json', JSON.stringify(template))).toBe(false);
    const queue = { Statement: [{ ...STATEMENT, Action: 'sqs:SendMessage', Resource: '*' }] };
    expect(bucketPolicyFormat.recognises('queue.json', JSON.stringify(queue))).toBe(false);
    expect(bucketPolicyFormat.recognises('x', '{"Statement": "Effect", "s3:')).toBe(false);
  });
});
