export { proposePolicy } from './init.ts';
export { learnPolicy } from './learn.ts';
export { readUsage } from './usage.ts';
