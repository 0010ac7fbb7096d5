/** The version of this tool; `scripts/generate.js` keeps it equal to package.json, and a test checks that it is. */
export const VERSION = '0.1.0';
