export { inspectPackage } from './inspect-package.ts';
export { inspectRules } from './rules/index.ts';
