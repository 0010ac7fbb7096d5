export { readDataSafety } from './data-safety/read-data-safety.ts';
export { diffBuilds } from './diff.ts';
export { inspectPackage } from './inspect-package.ts';
export { inspectRules } from './rules/index.ts';
