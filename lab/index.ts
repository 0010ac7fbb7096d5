/** The practice range, for `postern lab` and `npm start`. */
export { type Announcement, announceRange, findRange, type RangeStatus, type RemoteRange } from './range/control.ts';
export { keepRunning } from './range/keep.ts';
export { describeService, type Range, type RangeOptions, type RangeService, startRange } from './range/range.ts';
