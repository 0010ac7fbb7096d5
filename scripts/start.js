#!/usr/bin/env node
/** `npm start`: makes a fresh clone ready, then runs the practice range's story (lab/demo.ts). */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './setup.js';

prepare();
const { main } = await import(pathToFileURL(join(root, 'dist', 'lab', 'demo.js')).href);
process.exitCode = await main(process.argv.slice(2));
