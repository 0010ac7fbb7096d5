/** Pieces that the forms of several providers share. */

/** A bucket by the rules of S3 and GCS: 3 to 63 characters, lower case. */
export const BUCKET = '[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]';
/** `eu-central-1`, `us-gov-west-1`, `us-isob-east-1`. */
export const AWS_REGION = '[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\\d';
export const AWS_DOMAINS = ['amazonaws.com', 'amazonaws.com.cn'] as const;
/** `europe-west1`. */
export const GOOGLE_REGION = '[a-z]{2,16}-[a-z]{2,14}\\d{1,2}';
/** A project of Google Cloud and Firebase: 6 to 30 characters. */
export const GOOGLE_PROJECT = '[a-z][a-z0-9-]{4,28}[a-z0-9]';
export const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
