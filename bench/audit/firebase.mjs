/**
 * What `audit` calls open in public Firebase rules, against string matching, line by line. Where the two agree, nothing
 * is judged; where they differ, firebase-judged.json says who is right and why. A line of neither is not judged.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './kics.mjs';

const OPEN = /^audit\/(?:firestore|storage|rtdb)-(?:open-to|path-readable|path-writable|test-mode|readable|writable)/;
const RULES = /(?:firestore[^/]*\.rules|storage[^/]*\.rules|database\.rules\.json)$/;
/** As a grep finds it: everybody, or whoever is signed in, and nothing more is asked. */
const STRING = /\bif\s+true\b|"\.(?:read|write)"\s*:\s*(?:true|"\s*true\s*")|auth\s*!=\s*null/;

/** @returns per line that one of the two calls open: place, who, and the verdict of the judged file */
export function compareFirebase(corpus, findings, judged = {}) {
  const rows = [];
  for (const path of filesOf(corpus)
    .filter((name) => RULES.test(name) && !name.includes('/node_modules/'))
    .sort()) {
    const text = readFileSync(join(corpus, path), 'utf8');
    const ours = new Set();
    for (const { rule, file, line, evidence } of findings) {
      // a statement of several lines is one place
      if (file !== path || !OPEN.test(rule)) continue;
      for (let at = line; at <= (evidence[0].endLine ?? line); at += 1) ours.add(at);
    }
    text.split('\n').forEach((content, index) => {
      const code = content.replace(/\/\/.*$/, '');
      const string = STRING.test(code);
      // further lines of a statement that is listed already are no place of their own
      const postern = ours.has(index + 1) && /\ballow\b|"\.(?:read|write)"/.test(code);
      if (!string && !postern) return;
      const place = `${path}:${index + 1}`;
      rows.push({
        place,
        code: code.trim(),
        string,
        postern,
        judged: judged[place]?.open ?? null,
        covered: judged[place]?.covered === true,
      });
    });
  }
  return rows;
}
