export { classifyFields } from './classify.ts';
