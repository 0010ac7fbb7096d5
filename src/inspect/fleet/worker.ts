/** The thread that reads packages of a folder, one after the other, as long as it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { type FleetSettings, type FleetTask, inspectOne } from './inspect-one.ts';

const settings = workerData as FleetSettings;

parentPort?.on('message', (task: FleetTask) => {
  inspectOne(task, settings).then((result) => parentPort?.postMessage(result));
});
