export { type MaskContext, maskRule, maskValue, REDACTED } from '../../../document/index.ts';
