import { allowDeclared } from '../../declared-bytes.ts';
import { cqlOf, OPTIONS, query, STARTUP } from './frames.ts';
import { COLUMNS, controlQuery, isRightQuery, RELEASE, ROLES, rightQuery, SETTINGS, SIZES } from './queries.ts';

const CONTROL = /^SELECT postern_[a-z0-9]{16} FROM system\.local$/;

export const cassandraAllow = allowDeclared([
  { why: 'OPTIONS', bytes: OPTIONS },
  { why: 'STARTUP, without credentials', bytes: STARTUP },
  {
    why: 'QUERY SELECT postern_<random> FROM system.local (must fail)',
    bytes: query(controlQuery('x3f9c1d27ab84e05')),
    permits: (sent) => CONTROL.test(cqlOf(sent) ?? ''),
  },
  ...[RELEASE, COLUMNS, SIZES, SETTINGS, ROLES].map((cql) => ({ why: `QUERY ${cql}`, bytes: query(cql) })),
  {
    why: 'QUERY SELECT <partition key> FROM <table> beyond the last token (needs the right to read and finds no row)',
    bytes: query(rightQuery('shop', 'customers', ['customer_id'])),
    permits: (sent) => isRightQuery(cqlOf(sent) ?? ''),
  },
]);
