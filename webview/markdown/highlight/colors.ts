const scopes = `
keyword: keyword selector-tag template-tag tag name doctag
type: built_in type literal symbol meta class selector-class selector-id selector-pseudo
string: string regexp char quote link code template-variable
number: number bullet
function: title section attr attribute property selector-attr
comment: comment
plus: addition
minus: deletion
`;

const classes = new Map(
  scopes
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [colour = '', names = ''] = line.split(': ');
      return names.split(' ').map((name) => [name, `hl-${colour}`] as const);
    }),
);

/** Class for a scope of the highlighter such as `title.function`; undefined for plain text. */
export function colorClass(scope: string): string | undefined {
  if (scope === 'title.class' || scope.startsWith('title.class.')) return 'hl-type';
  return classes.get(scope.split('.', 1)[0] ?? '');
}
