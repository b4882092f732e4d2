import ts from 'typescript';

/** Lines of each named function: declarations, methods, and functions that a name or property holds. */
export function functionsOf(file: ts.SourceFile): readonly number[] {
  return collect(file, (node) => {
    const isDeclared = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
    const isHeld =
      (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) &&
      node.initializer !== undefined &&
      (ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer));
    return isDeclared || isHeld ? [lineCount(file, node)] : [];
  });
}

function lineCount(file: ts.SourceFile, node: ts.Node): number {
  const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.end) - lineAt(node.getStart(file)) + 1;
}

/** Relative imports and re-exports: where from, and the names as they are exported there. */
export function importsOf(
  file: ts.SourceFile,
): readonly { readonly from: string; readonly names: readonly string[] }[] {
  return collect(file, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const from = node.moduleSpecifier;
      if (!from || !ts.isStringLiteral(from) || !from.text.startsWith('.')) return [];
      return [{ from: from.text, names: namesIn(node) }];
    }
    const isDynamic =
      ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const [from] = isDynamic ? node.arguments : [];
    if (!from || !ts.isStringLiteral(from)) return [];
    return [{ from: from.text, names: bindingNames(node) }];
  });
}

function namesIn(node: ts.ImportDeclaration | ts.ExportDeclaration): readonly string[] {
  const clause = ts.isImportDeclaration(node)
    ? node.importClause?.namedBindings
    : node.exportClause;
  if (!clause || !(ts.isNamedImports(clause) || ts.isNamedExports(clause))) return [];
  return clause.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

/** The names that follow `await import(…)`: `{ a }` or `.a`, looked for in the same statement. */
function bindingNames(call: ts.Node): readonly string[] {
  let statement = call;
  while (!ts.isStatement(statement)) statement = statement.parent;
  return collect(statement, (node) => (ts.isIdentifier(node) ? [node.text] : []));
}

export function exportsOf(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) =>
        ts.isIdentifier(name) ? [name.text] : [],
      );
    }
    const isNamed =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement);
    return isNamed && statement.name ? [statement.name.text] : [];
  });
}

/** Named types with three properties or more, and the sorted names of these. */
export function shapesOf(
  file: ts.SourceFile,
): readonly { readonly name: string; readonly members: readonly string[] }[] {
  return collect(file, (node) => {
    const body = ts.isInterfaceDeclaration(node)
      ? node
      : ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)
        ? node.type
        : undefined;
    if (!body || !('name' in node)) return [];
    const members = body.members
      .flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []))
      .toSorted();
    return members.length < 3 ? [] : [{ name: nameOf(node), members }];
  });
}

function nameOf(node: ts.Node): string {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ? node.name.text : '';
}

/** Variables without a first value that another function than their own gives one to. */
export function lateBindingsOf(file: ts.SourceFile): number {
  const late = collect(file, (node) => {
    if (!ts.isVariableDeclaration(node) || node.initializer || !ts.isIdentifier(node.name))
      return [];
    if (!ts.isVariableDeclarationList(node.parent)) return [];
    if (!ts.isVariableStatement(node.parent.parent)) return [];
    const { text } = node.name;
    const owner = functionAround(node);
    const isSetInside = collect(owner, (each) =>
      ts.isBinaryExpression(each) &&
      each.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isIdentifier(each.left) &&
      each.left.text === text &&
      functionAround(each) !== owner
        ? [true]
        : [],
    );
    return isSetInside.length > 0 ? [text] : [];
  });
  return late.length;
}

function functionAround(node: ts.Node): ts.Node {
  let around = node.parent;
  while (!ts.isSourceFile(around) && !ts.isFunctionLike(around)) around = around.parent;
  return around;
}

function collect<T>(from: ts.Node, pick: (node: ts.Node) => readonly T[]): readonly T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    found.push(...pick(node));
    ts.forEachChild(node, visit);
  };
  visit(from);
  return found;
}
