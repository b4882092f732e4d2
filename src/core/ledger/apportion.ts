/** Splits a whole number by weights into whole numbers, none above its cap; the rest stays out. */
export function apportion(
  amount: number,
  weights: readonly number[],
  caps: readonly number[] = weights.map(() => amount),
): number[] {
  const got = weights.map(() => 0);
  let left = amount;
  const room = (at: number) => Math.floor(caps[at] ?? 0) - (got[at] ?? 0);
  for (let open = indexes(); left > 0 && open.length > 0; open = indexes()) {
    const total = open.reduce((sum, at) => sum + (weights[at] ?? 0), 0);
    const before = left;
    const ideal = open.map((at) => ({ at, exact: (before * (weights[at] ?? 0)) / total }));
    for (const { at, exact } of ideal) give(at, Math.floor(exact));
    const byRest = ideal.toSorted((a, b) => (b.exact % 1) - (a.exact % 1) || a.at - b.at);
    for (const { at } of byRest) if (left > 0 && left < open.length) give(at, 1);
    if (left === before) give(open[0] ?? 0, 1);
  }
  return got;

  function indexes(): number[] {
    return weights.flatMap((weight, at) => (weight > 0 && room(at) > 0 ? [at] : []));
  }
  function give(at: number, many: number): void {
    const part = Math.min(many, room(at), left);
    got[at] = (got[at] ?? 0) + part;
    left -= part;
  }
}
