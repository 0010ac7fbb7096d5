export { deliver, type Receiver } from './notify/deliver.ts';
export { type WatchOptions, watch } from './run.ts';
export { checkSchedule, nextRun } from './schedule.ts';
export { type Notice, openWatchFolder } from './state.ts';
