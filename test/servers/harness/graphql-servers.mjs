// GraphQL servers of one schema: `node graphql-servers.mjs <packages> <port> yoga|apollo on|off`; introspection on or off.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , packages, port, engine, introspection] = process.argv;
const load = createRequire(join(packages, 'package.json'));
const off = introspection === 'off';
const typeDefs = `
  type Customer { id: ID!, email: String, dateOfBirth: String }
  type Query { customers: [Customer!]! }
  type Mutation { forget(id: ID!): Boolean }
`;
const resolvers = { Query: { customers: () => [{ id: 1, email: 'canary@example.org', dateOfBirth: '1970-01-01' }] } };

if (engine === 'apollo') {
  const { ApolloServer } = load('@apollo/server');
  const { startStandaloneServer } = load('@apollo/server/standalone');
  await startStandaloneServer(new ApolloServer({ typeDefs, resolvers, introspection: !off }), {
    listen: { port: Number(port), host: '127.0.0.1', path: '/graphql' },
  });
} else {
  const { createSchema, createYoga } = load('graphql-yoga');
  const { NoSchemaIntrospectionCustomRule } = load('graphql');
  const plugin = { onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule) };
  const yoga = createYoga({
    schema: createSchema({ typeDefs, resolvers }),
    logging: false,
    plugins: off ? [plugin] : [],
  });
  createServer(yoga).listen(Number(port), '127.0.0.1');
}
