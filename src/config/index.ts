export type { TargetAccount, TargetApi } from './api-schema.ts';
export { type IgnoreEntry, loadIgnore } from './ignore.ts';
export { configJsonSchema } from './json-schema.ts';
export { type Control, type GuardedBy, type LoadedConfig, loadConfig, type Target } from './load.ts';
export { loadOwnRules } from './own-rules.ts';
export { readSecret } from './secret.ts';
