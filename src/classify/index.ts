export { classifyFields } from './classify.ts';
export { classifyDataset } from './dataset.ts';
export { explainDetector } from './explain.ts';
export { type OwnDetector, ownDetectors, patternsOf } from './own-categories.ts';
export { classifyReport, type SourcedDataset } from './report.ts';
export { peopleOf, subjectFields } from './subject.ts';
export { createTally } from './values/tally.ts';
export { collectFields } from './walk.ts';
