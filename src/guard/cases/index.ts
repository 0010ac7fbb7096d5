export { loadCases } from './load.ts';
export { renderCases } from './render.ts';
export { runCases } from './run.ts';
export { casesJsonSchema } from './schema.ts';
