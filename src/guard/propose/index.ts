export { type Choice, type Classify, chooseFields } from './field-choice.ts';
export { type InitInput, proposePolicy } from './init.ts';
export { learnPolicy } from './learn.ts';
export { readUsage, type Usage, type Use } from './usage.ts';
