/** Everything that a Hasura GraphQL Engine is asked. Operations are queries: the word `mutation` is in none of them. */
import { allowRequests } from '../../../net/request-templates.ts';

export const VERSION = '/v1/version';
export const CONFIG = '/v1alpha1/config';
export const GRAPHQL = '/v1/graphql';

export const SCHEMA =
  '{"query":"{__schema{queryType{name}mutationType{name}subscriptionType{name}types{name kind fields{name}}}}"}';

/** How many rows a stranger's role may see, without one. */
export function countOf(table: string): string {
  return `{"query":"{${table}_aggregate{aggregate{count}}}"}`;
}

/** How many different values a column has. */
export function distinctOf(table: string, column: string): string {
  return `{"query":"{${table}_aggregate{aggregate{count(columns:[${column}],distinct:true)}}}"}`;
}

/** Whether a row is answered, by the name of its type alone. */
export function anyOf(table: string): string {
  return `{"query":"{${table}(limit:1){__typename}}"}`;
}

/** Values of one column, for `--sample`. */
export function valuesOf(table: string, column: string, most: number | string): string {
  return `{"query":"{${table}(limit:${most}){${column}}}"}`;
}

/** Names of the GraphQL specification. */
export const NAME = /^[A-Za-z_]\w{0,63}$/;
const names = {
  table: { pattern: /[A-Za-z_]\w{0,63}/, example: 'users' },
  column: { pattern: /[A-Za-z_]\w{0,63}/, example: 'email' },
};

export const hasuraAllow = allowRequests(
  [
    { path: VERSION, why: 'product and version' },
    { path: '/v1/<nonce>', why: 'the control request, which must fail' },
    { path: CONFIG, why: 'answered to administrators only: whether everybody is one' },
    {
      method: 'POST',
      path: GRAPHQL,
      body: SCHEMA,
      why: 'names of tables and fields in the schema of a stranger’s role',
    },
    { method: 'POST', path: GRAPHQL, body: countOf('<table>'), why: 'number of rows' },
    {
      method: 'POST',
      path: GRAPHQL,
      body: anyOf('<table>'),
      why: 'where rows cannot be counted: whether one is answered, by its type’s name',
    },
    { method: 'POST', path: GRAPHQL, body: distinctOf('<table>', '<column>'), why: 'number of different people' },
  ],
  names,
);

export const hasuraSampling = allowRequests(
  [
    {
      method: 'POST',
      path: GRAPHQL,
      body: valuesOf('<table>', '<column>', '<most>'),
      why: 'at most five values of one column',
    },
  ],
  { ...names, most: { pattern: /[1-5]/, example: '5' } },
);
