/** A small API with accounts, some mistakes and some sound endpoints. It is a stand-in; README.md says what it answers. */
export { createApiStandIn } from './server.ts';
