/** redact-pii over the values of JSON Lines, for some seconds of CPU. Prints one JSON line: FILE SECONDS FOLDER-OF-THE-PEER */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [file, seconds, folder] = process.argv.slice(2);
const { SyncRedactor } = createRequire(`${folder}/package.json`)('redact-pii');
const redactor = new SyncRedactor();
redactor.redact('a@example.org');
let [bytes, found] = [0, 0];
const start = process.cpuUsage();
const spent = () => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};
const visit = (node) => {
  if (node !== null && typeof node === 'object') for (const inner of Object.values(node)) visit(inner);
  else if (node !== null && redactor.redact(String(node)) !== String(node)) found++;
};
for await (const line of createInterface({ input: createReadStream(file) })) {
  visit(JSON.parse(line));
  bytes += Buffer.byteLength(line) + 1;
  if (spent() > Number(seconds)) break;
}
console.log(JSON.stringify({ bytes, seconds: spent(), found }));
