export { type Grammar, readRequest } from './read-request.ts';
