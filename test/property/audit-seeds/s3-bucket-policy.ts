import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 's3-bucket-policy',
    text: '{\n  "Version": "2012-10-17",\n  "Id": "Políza",\n  "Statement": [\n    { "Sid": "Read", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::files/*" },\n    { "Effect": "Allow", "Principal": { "AWS": ["arn:aws:iam::111122223333:root", "*"] }, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::files" },\n    { "Effect": "Allow", "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:user/old" }, "Action": "s3:GetObject", "Resource": "*" },\n    { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": { "StringLike": { "aws:Referer": ["https://example.com/*"] } } }\n  ]\n}\n',
    pointed: [
      ['audit/bucket-policy-plain-http', '"Statement"'],
      ['audit/bucket-policy-anyone-reads', '"*"'],
      ['audit/bucket-policy-anyone-lists', '"s3:ListBucket"'],
      ['audit/bucket-policy-inverted', '{ "AWS": "arn:aws:iam::111122223333:user/old" }'],
      ['audit/bucket-policy-anyone-reads', '"*"'],
      ['audit/bucket-policy-spoofable-condition', '{ "StringLike": { "aws:Referer": ["https://example.com/*"] } }'],
    ],
  },
];
