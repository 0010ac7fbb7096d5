// PouchDB's server, which speaks CouchDB's HTTP API, in memory: `node pouchdb-server.mjs <packages> <port>`.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , packages, port] = process.argv;
const load = createRequire(join(packages, 'package.json'));
const PouchDB = load('pouchdb-core').plugin(load('pouchdb-adapter-memory'));
const server = load('express')();
server.use('/', load('express-pouchdb')(PouchDB, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
server.listen(Number(port), '127.0.0.1');
