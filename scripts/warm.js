#!/usr/bin/env node
/**
 * Inspects the small packages of the tests with a freshly built bundle and keeps the code that V8 made of it, beside its
 * scripts. Part of `npm run build`. Usage: node scripts/warm.js dist/cached/inspect.cjs
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { loadCached } from '../bin/load-cached.js';

// A version of Node with a compile cache needs none of this. Code is only good for the flags it was made with.
if (!process.versions.v8.startsWith('11.')) process.exit(0);
setFlagsFromString('--interrupt-budget=1000000');
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const inspect = join(root, 'src', 'inspect');
const { exports, save } = loadCached(process.argv[2]);
const files = [
  'containers/testing/fixtures/app.apk',
  'containers/testing/fixtures/signed-v1.apk',
  'formats/dex/testing/shop.dex',
  'formats/hermes/testing/v96.hbc',
  'formats/hermes/testing/app.js',
].map((name) => join(inspect, name));
await exports.main(['inspect', ...files, '--format', 'json', '--exit-zero', '--no-progress']);
save();
