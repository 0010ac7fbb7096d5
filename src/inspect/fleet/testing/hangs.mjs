// A reading thread that never answers for a package named `hang`, ends for `die`, and eats memory for `eat`.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ path }) => {
  if (path === 'late') setTimeout(() => process.exit(7), 50);
  if (path === 'hang') for (;;);
  if (path === 'die') process.exit(7);
  if (path === 'eat') for (const all = []; ; ) all.push(new Array(1000).fill(path));
  parentPort.postMessage({ path, error: { code: 'FINE', message: 'answered' } });
});
