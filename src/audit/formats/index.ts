/** The formats this room reads. A format is one folder and one line here. */
import type { Format, FormatName } from '../model.ts';
import { composeFormat } from './compose/read.ts';
import { elasticsearchFormat } from './elasticsearch/read.ts';
import { pgHbaFormat } from './pg-hba/read.ts';
import { postgresqlFormat } from './postgresql/read.ts';
import { redisFormat } from './redis/read.ts';

export const FORMATS: { readonly [N in FormatName]: Format<N> } = {
  'docker-compose': composeFormat,
  'pg_hba.conf': pgHbaFormat,
  'postgresql.conf': postgresqlFormat,
  'redis.conf': redisFormat,
  'elasticsearch.yml': elasticsearchFormat,
};

/** In the order in which they are tried. */
export const FORMAT_NAMES = [
  'docker-compose',
  'pg_hba.conf',
  'postgresql.conf',
  'redis.conf',
  'elasticsearch.yml',
] as const satisfies readonly FormatName[];

/** The format of a text, told by its content and its name. */
export function recognise(path: string, text: string): FormatName | null {
  return FORMAT_NAMES.find((name) => FORMATS[name].recognises(path, text)) ?? null;
}
