#!/usr/bin/env node
/** Before `npm test`: makes a fresh clone ready. The tests of the whole command run what is compiled. */
import { prepare } from './setup.js';

prepare();
