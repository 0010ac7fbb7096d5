/** JSON at the gateway: read strictly and losslessly, printed in one form. */
export { parseAnswer } from './answer.ts';
export { equalJson } from './equal.ts';
export { parseNdjson } from './ndjson.ts';
export { parseJson } from './parse.ts';
export { printJson } from './print.ts';
export * from './value.ts';
