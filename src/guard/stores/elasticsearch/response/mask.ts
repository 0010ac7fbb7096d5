export { type MaskContext, maskRule } from '../../../document/index.ts';
