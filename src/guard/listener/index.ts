export { createListener, type Listener } from './server.ts';
