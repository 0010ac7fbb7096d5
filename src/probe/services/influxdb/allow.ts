/** Every request to InfluxDB, and the statements of 1.x as they stand in a path. */
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';

export const SETUP = '/api/v2/setup';
export const DATABASES = '/api/v3/configure/database?format=json';

/** Names that need no escape between double quotes. */
const NAME = /[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}/;
const PLAIN_NAME = new RegExp(`^${NAME.source}$`);

export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name);
}

/** The path of a statement. `<…>` stays as it is, for the list of what is allowed. */
export function query(statement: string): string {
  return `/query?q=${encodeURIComponent(statement).replace(/%3C([a-z]+)%3E/g, '<$1>')}`;
}

const placeholders: Readonly<Record<string, Placeholder>> = {
  database: { pattern: NAME, example: 'shop' },
  measurement: { pattern: NAME, example: 'visits' },
  tag: { pattern: NAME, example: 'user' },
  most: { pattern: /[1-5]/, example: '5' },
};

export const influxdbAllow = allowRequests(
  [
    { path: '/ping', why: 'product and version' },
    { path: '/<nonce>', why: 'the control request, which must fail' },
    { path: query('SHOW DATABASES'), why: '1.x: names of databases' },
    { path: query('SHOW RETENTION POLICIES ON "<nonce>"'), why: '1.x: the control request, which must fail' },
    { path: query('SHOW FIELD KEYS ON "<database>"'), why: '1.x: names of measurements and their fields' },
    { path: query('SHOW TAG KEYS ON "<database>"'), why: '1.x: names of tags' },
    { path: query('SHOW SERIES CARDINALITY ON "<database>"'), why: '1.x: the number of series' },
    {
      path: query('SHOW TAG VALUES CARDINALITY ON "<database>" FROM "<measurement>" WITH KEY = "<tag>"'),
      why: '1.x: how many different values a tag has that tells people apart',
    },
    { path: SETUP, why: '2.x: whether it is set up' },
    { path: DATABASES, why: '3: names of databases' },
  ],
  placeholders,
);

/** With `--sample`. */
export const influxdbSampling = allowRequests(
  [
    {
      path: query('SELECT * FROM "<database>".."<measurement>" LIMIT <most>'),
      why: '1.x: up to five points of a measurement, classified in memory and dropped',
    },
  ],
  placeholders,
);
