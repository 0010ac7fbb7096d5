// Parse Server: `node parse-server.mjs <packages> <port> <database> [REST key]`,
// application id `app-of-the-test`.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , packages, port, databaseURI, restAPIKey] = process.argv;
const load = createRequire(join(packages, 'package.json'));
const { ParseServer } = load('parse-server');
const server = new ParseServer({
  databaseURI,
  appId: 'app-of-the-test',
  masterKey: 'master-of-the-test',
  ...(restAPIKey === undefined ? {} : { restAPIKey }),
  serverURL: `http://127.0.0.1:${port}/parse`,
  allowClientClassCreation: false,
  logLevel: 'error',
  logsFolder: null,
  silent: true,
});
await server.start();
const app = load('express')();
app.use('/parse', server.app);
app.listen(Number(port), '127.0.0.1');
