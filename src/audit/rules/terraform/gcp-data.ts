/** Buckets, data sets and secrets of Google Cloud that everybody may read. */
import { itemsOf, textOf } from '../../formats/terraform/values.ts';
import { terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const EVERYBODY = /^(?:allUsers|allAuthenticatedUsers)$/;

const MEMBERS = [
  'google_storage_bucket_iam_member',
  'google_storage_bucket_iam_binding',
  'google_bigquery_dataset_iam_member',
  'google_bigquery_dataset_iam_binding',
  'google_bigquery_table_iam_member',
  'google_bigquery_table_iam_binding',
  'google_project_iam_member',
  'google_project_iam_binding',
  'google_pubsub_topic_iam_member',
  'google_pubsub_topic_iam_binding',
  'google_kms_crypto_key_iam_member',
  'google_kms_crypto_key_iam_binding',
  'google_secret_manager_secret_iam_member',
  'google_secret_manager_secret_iam_binding',
] as const;

export const everybody = terraformRule(
  {
    id: 'audit/terraform-gcp-data-public',
    aliases: ['TG-GCS-001', 'TG-BQ-001'],
    topic: 'authorization',
    title: 'Data at Google Cloud is open to everybody',
    severity: 'critical',
    owner: 'it',
    description:
      '`allUsers` is everybody on the internet, `allAuthenticatedUsers` everybody with any Google account. Both read – or with an admin role change – the bucket, the data set or the secret.',
    remediation: 'Name the service account or group; serve public files from a bucket that holds nothing else.',
    references: [SOURCES.gcp('storage_bucket_iam'), SOURCES.gcp('bigquery_dataset')],
    cwe: ['CWE-732'],
    cis: ['CIS GCP Foundations 4.0 5.1', 'CIS GCP Foundations 4.0 7.1'],
    verified: documented(
      SOURCES.gcp('storage_bucket_iam'),
      'allUsers: anyone on the internet, with or without a Google account; allAuthenticatedUsers: anyone with a Google account',
    ),
    examples: {
      bad: [
        'resource "google_storage_bucket_iam_member" "m" {\n  bucket = "files"\n  role   = "roles/storage.objectViewer"\n  member = "allUsers"\n}\n',
        'resource "google_bigquery_dataset" "d" {\n  dataset_id = "d"\n  access {\n    role          = "READER"\n    special_group = "allAuthenticatedUsers"\n  }\n}\n',
      ],
      good: [
        'resource "google_storage_bucket_iam_binding" "m" {\n  bucket  = "files"\n  role    = "roles/storage.objectViewer"\n  members = ["serviceAccount:api@example.iam.gserviceaccount.com"]\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(...MEMBERS)) {
      const role = textOf(subject.view.attribute('role')) ?? '';
      for (const setting of ['member', 'members']) {
        for (const item of itemsOf(subject.view.attribute(setting)).items) {
          if (!EVERYBODY.test(textOf(item) ?? '')) continue;
          const severity =
            subject.type.includes('storage') && /objectViewer|legacyObjectReader/.test(role) ? 'high' : 'critical';
          yield {
            subject,
            setting,
            at: item.at,
            actual: textOf(item) ?? '',
            expected: 'named accounts',
            message: `${subject.address} lets everybody in (${textOf(item)}).`,
            severity,
          };
        }
      }
    }
    for (const subject of configuration.resources.filter(({ type }) => type === 'google_iam_policy')) {
      for (const item of subject.view
        .blocks('binding')
        .items.flatMap((binding) => itemsOf(binding.attribute('members')).items)) {
        if (!EVERYBODY.test(textOf(item) ?? '')) continue;
        yield {
          subject,
          setting: 'binding.members',
          at: item.at,
          actual: textOf(item) ?? '',
          expected: 'named accounts',
          message: `${subject.address} lets everybody in (${textOf(item)}).`,
          severity: 'high',
        };
      }
    }
    for (const subject of configuration.of('google_bigquery_dataset', 'google_bigquery_dataset_access')) {
      const views = subject.type === 'google_bigquery_dataset' ? subject.view.blocks('access').items : [subject.view];
      for (const access of views) {
        for (const name of ['special_group', 'iam_member']) {
          const value = access.attribute(name);
          if (value === null || !EVERYBODY.test(textOf(value) ?? '')) continue;
          yield {
            subject,
            setting: `access.${name}`,
            at: value.at,
            actual: textOf(value) ?? '',
            expected: 'a named group',
            message: `${subject.address} is open to everybody (${textOf(value)}).`,
          };
        }
        // Checkov and others also take an access without any subject for one of everybody; the API refuses it.
      }
    }
    for (const subject of configuration.of(
      'google_storage_bucket_access_control',
      'google_storage_default_object_access_control',
      'google_storage_object_access_control',
    )) {
      const value = subject.view.attribute('entity');
      if (value === null || !EVERYBODY.test(textOf(value) ?? '')) continue;
      yield {
        subject,
        setting: 'entity',
        at: value.at,
        actual: textOf(value) ?? '',
        expected: 'named accounts',
        message: `${subject.address} lets everybody in (${textOf(value)}).`,
      };
    }
    for (const subject of configuration.of('google_storage_bucket_acl', 'google_storage_default_object_acl')) {
      const value = subject.view.attribute('predefined_acl');
      const roles = itemsOf(subject.view.attribute('role_entity')).items.filter((item) =>
        /:(?:allUsers|allAuthenticatedUsers)$/.test(textOf(item) ?? ''),
      );
      const open = value !== null && /^public|^authenticatedRead/.test(textOf(value) ?? '') ? [value, ...roles] : roles;
      for (const item of open)
        yield {
          subject,
          setting: 'role_entity',
          at: item.at,
          actual: textOf(item) ?? '',
          expected: 'named accounts',
          message: `${subject.address} lets everybody in.`,
        };
    }
  },
);
