/** Passwords that everybody knows or can guess. Values are compared and counted here, never shown. */

/** From vendors' samples, image documentation and the usual lists. Lower-case. */
const WELL_KNOWN = new Set(
  [
    'password passw0rd p@ssw0rd p@ssword pass passwd pwd secret mysecretpassword my-secret-pw my_secret_password',
    'admin admin123 administrator root toor rootpassword rootroot root123 user guest guest123 test test123 testing demo',
    'default changeme changeme123 changeit change_me change-me please_change_me letmein welcome qwerty abc123 example sample',
    '1234 12345 123456 1234567 12345678 123456789 1234567890 111111 000000 123123 1q2w3e4r',
    'postgres postgresql mysql mariadb mongo mongodb redis elastic elasticsearch kibana opensearch couchdb rabbitmq neo4j',
    'foobared minioadmin minio minio123 miniosecret bitnami cassandra clickhouse influxdb docker db database app dev local',
    'pass123 password1 password123 supersecret topsecret s3cr3t secret123 development',
  ]
    .join(' ')
    .split(' '),
);

export function isWellKnown(password: string): boolean {
  return WELL_KNOWN.has(password.toLowerCase());
}

/** How a secret is shown: by its length only. */
export function hidden(secret: string): string {
  return `a literal of ${secret.length} characters`;
}
