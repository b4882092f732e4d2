// Reports of the clients to tables that a README can hold.

const row = (cells) => `| ${cells.join(' | ')} |`;
const rule = (columns) => row(['---', ...Array.from({ length: columns - 1 }, () => '---:')]);

function show(value, { digits = 1 }) {
  if (typeof value !== 'number') return value;
  return Number.isNaN(value) ? '–' : Number(value.toFixed(digits)).toLocaleString('en-US');
}

const valueOf = (result, column) =>
  Array.isArray(result) && result.length > 0 ? column.read(result) : result;

const ratio = (value, floor) =>
  typeof value === 'number' && typeof floor === 'number' ? (value / floor).toFixed(2) : '–';

/** Which place the row of ours takes among the clients; the floor is none. */
function placeOf(clients, results, column) {
  const figures = clients
    .filter(({ id }) => id !== 'floor' && results[id] !== undefined)
    .map(({ id }) => ({ id, value: valueOf(results[id], column) }));
  const good = figures.filter(({ value }) => typeof value === 'number' && !Number.isNaN(value));
  const order = good.toSorted((a, b) => (column.more ? b.value - a.value : a.value - b.value));
  const at = order.findIndex(({ id }) => id === 'ours');
  return { place: at + 1, of: figures.length, value: order[at]?.value };
}

/** One table for a group, and how ours stands in each of its columns. */
export function groupTable({ title, columns }, clients, results) {
  const [main] = columns;
  const floor = valueOf(results.floor, main);
  const heads = ['client', ...columns.map(({ name }) => name), `x floor, ${main.name}`];
  const lines = clients
    .filter(({ id }) => results[id] !== undefined)
    .map(({ id, name }) => {
      const values = columns.map((column) => valueOf(results[id], column));
      return row([
        name,
        ...values.map((value, at) => show(value, columns[at])),
        ratio(values[0], floor),
      ]);
    });
  const places = columns.map((column) => {
    const { place, of, value } = placeOf(clients, results, column);
    return `${column.name}: ${place === 0 ? 'none' : `${place} of ${of}`}${verdict(value, valueOf(results.floor, column), column)}`;
  });
  const table = [row(heads), rule(heads.length), ...lines].join('\n');
  return `\n### ${title}\n\n${table}\n\nPlace of Codex Chat: ${places.join('; ')}`;
}

function verdict(value, floor, column) {
  const { target, floor: floorThen, more, digits, mostOfFloor } = column;
  if (mostOfFloor !== undefined && typeof floor === 'number') {
    const isMet = value / floor <= mostOfFloor;
    return ` (target ≤ ${mostOfFloor} x floor: ${isMet ? 'met' : 'missed'})`;
  }
  if (target === undefined || value === undefined) return '';
  const reaches = (figure, bar) => (more ? figure >= bar : figure <= bar);
  const isMetByRatio =
    floorThen !== undefined &&
    typeof floor === 'number' &&
    reaches(value / floor, target / floorThen);
  const word = reaches(value, target) ? 'met' : isMetByRatio ? 'met by its ratio' : 'missed';
  return ` (target ${more ? '≥' : '≤'} ${show(target, { digits })}: ${word})`;
}

/** One line a figure, one column a client. */
export function summaryTable(groups, clients, results) {
  const others = clients.filter(({ id }) => id !== 'floor');
  const heads = ['', 'target', ...others.map(({ name }) => name), 'floor', 'ours x floor'];
  const lines = groups.flatMap((group) =>
    group.columns
      .filter(({ name }) => group.summary.includes(name))
      .map((column) => {
        const of = (id) => valueOf(results[group.scenario]?.[id], column);
        const sign = column.more ? '≥' : '≤';
        return row([
          `${group.title}: ${column.name}`,
          column.target === undefined ? '' : `${sign} ${show(column.target, column)}`,
          ...others.map(({ id }) => show(of(id) ?? '–', column)),
          show(of('floor'), column),
          ratio(of('ours'), of('floor')),
        ]);
      }),
  );
  return ['\n### All together\n', row(heads), rule(heads.length), ...lines].join('\n');
}
