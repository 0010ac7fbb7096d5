/** How the rules of `audit` fare on the test files of KICS, labelled by KICS. */

/** @returns the rules that say what a query says, or the reason why it is out of scope */
export function scopeOf(map, query) {
  const rules = map.inScope[query];
  if (rules !== undefined) return { rules };
  const reason = map.outOfScope.find(({ pattern }) => new RegExp(pattern).test(query))?.reason;
  if (reason === undefined) throw new Error(`kics-map.json does not say whether ${query} is in scope`);
  return { reason };
}

const NEAR = 3;

/**
 * @param found per case folder, what a tool found there: `{ name, line }`, named as `namesOf` names it
 * @param namesOf query → what of a tool's output means that query
 * @returns per platform: positives, found, found near a labelled line, negatives, wrongly found; and the cases missed
 */
export function score(cases, found, namesOf) {
  const platforms = new Map();
  const missed = [];
  const wrong = [];
  for (const { query, platform, folder, positive, lines } of cases) {
    const names = namesOf(query);
    if (names === undefined) continue;
    const row = platforms.get(platform) ?? { positives: 0, found: 0, near: 0, negatives: 0, wrong: 0 };
    platforms.set(platform, row);
    const hits = (found.get(folder) ?? []).filter(({ name }) => names.includes(name));
    if (positive) {
      row.positives += 1;
      if (hits.length > 0) row.found += 1;
      else missed.push(folder);
      if (hits.some(({ line, endLine = line }) => lines.some((at) => at >= line - NEAR && at <= endLine + NEAR)))
        row.near += 1;
    } else {
      row.negatives += 1;
      if (hits.length > 0) {
        row.wrong += 1;
        wrong.push({ folder, by: [...new Set(hits.map(({ name }) => name))] });
      }
    }
  }
  return { platforms, missed, wrong };
}
