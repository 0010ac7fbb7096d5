/** Column-level precision and recall. A column of several labels is right with either; the first one counts as missed. */
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
      const accepted = label.split('|');
      if (label === '-') negatives++;
      if (accepted.includes(told)) {
        right++;
        if (told !== '-') of(told).right++;
        continue;
      }
      mistakes.push(`${set.name}.${name}: ${label} told as ${told}`);
      if (label === '-') falsely++;
      if (told !== '-') of(told).wrong++;
      if (label !== '-') of(accepted[0]).missed++;
    }
  }
  return { columns, right, negatives, falsely, per, mistakes };
}
