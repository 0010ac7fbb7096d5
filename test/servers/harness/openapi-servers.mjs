// An API that describes itself: `node openapi-servers.mjs <packages> <port> swagger-ui|openapi-backend|closed`.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , packages, port, kind] = process.argv;
const load = createRequire(join(packages, 'package.json'));
const definition = {
  openapi: '3.0.3',
  info: { title: 'Shop', version: '2.4.0' },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Customer: {
        type: 'object',
        properties: { email: { type: 'string' }, phone: { type: 'string', example: '+15550100' } },
      },
    },
  },
  security: [{ bearer: [] }],
  paths: {
    '/customers': {
      get: { operationId: 'list', responses: { 200: { description: 'all' } } },
      post: { operationId: 'add', security: [], responses: { 201: { description: 'made' } } },
    },
    '/health': { get: { operationId: 'health', security: [{}], responses: { 200: { description: 'up' } } } },
  },
};
const app = load('express')();
if (kind === 'openapi-backend') {
  const { OpenAPIBackend } = load('openapi-backend');
  const api = new OpenAPIBackend({ definition, quick: true });
  api.register({
    notFound: (_context, _request, response) => response.status(404).json({ error: 'not found' }),
    notImplemented: (_context, _request, response) => response.status(501).json({}),
  });
  await api.init();
  app.get('/openapi.json', (_request, response) => response.json(api.document));
  app.use((request, response) =>
    api.handleRequest(
      { method: request.method, path: request.path, query: request.query, headers: request.headers },
      request,
      response,
    ),
  );
} else if (kind === 'swagger-ui') {
  const ui = load('swagger-ui-express');
  app.get('/v3/api-docs', (_request, response) => response.json(definition));
  app.use('/docs', ui.serve, ui.setup(definition));
} else {
  app.use((_request, response) => response.status(401).json({ error: 'unauthorized' }));
}
app.listen(Number(port), '127.0.0.1');
