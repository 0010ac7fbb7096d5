/** Column-level precision and recall. */
export function scoreOf(sets, classify) {
  const per = new Map();
  const of = (label) => per.get(label) ?? per.set(label, { right: 0, wrong: 0, missed: 0 }).get(label);
  const mistakes = [];
  let [columns, right, negatives, falsely] = [0, 0, 0, 0];
  for (const set of sets) {
    const found = new Map(classify(set).map(({ name, category }) => [name, category]));
    for (const { name, label } of set.columns) {
      columns++;
      const told = found.get(name) ?? '-';
      if (label === '-') negatives++;
      if (told === label) {
        right++;
        if (label !== '-') of(label).right++;
        continue;
      }
      mistakes.push(`${set.name}.${name}: ${label} told as ${told}`);
      if (label === '-') falsely++;
      if (told !== '-') of(told).wrong++;
      if (label !== '-') of(label).missed++;
    }
  }
  return { columns, right, negatives, falsely, per, mistakes };
}
