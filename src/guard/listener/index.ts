export type { Handle, ListenerOptions } from './options.ts';
export { createListener, type Listener } from './server.ts';
