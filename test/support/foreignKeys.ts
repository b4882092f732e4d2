import ts from 'typescript';

/** A place where an object is asked for a key that may be any text. */
export interface ForeignKey {
  file: string;
  /** From 1. */
  line: number;
  code: string;
}

/**
 * Finds every place where a key of type `string` (no literal, no union of literals) is looked up
 * in an object: `object[key]`, read or written, `key in object` and `const {[key]: x} = object`.
 * Such a lookup finds `constructor` and `__proto__`, too. A Map, or `Object.hasOwn` together with
 * `Object.entries`, does not.
 */
export function foreignKeys(program: ts.Program, files: readonly ts.SourceFile[]): ForeignKey[] {
  const checker = program.getTypeChecker();
  const found: ForeignKey[] = [];

  function visit(node: ts.Node, source: ts.SourceFile): void {
    if (isLookup(node, checker)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ file: source.fileName, line: line + 1, code: node.getText(source) });
    }
    ts.forEachChild(node, (child) => visit(child, source));
  }

  for (const source of files) visit(source, source);
  return found;
}

function isLookup(node: ts.Node, checker: ts.TypeChecker): boolean {
  const typeOf = (at: ts.Node) => checker.getTypeAtLocation(at);
  if (ts.isElementAccessExpression(node)) {
    const isText = isAnyText(typeOf(node.argumentExpression), checker);
    return isText && !isSequence(typeOf(node.expression), checker);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
    return isAnyText(typeOf(node.left), checker);
  }
  if (!ts.isBindingElement(node) || !node.propertyName) return false;
  const { propertyName } = node;
  return (
    ts.isComputedPropertyName(propertyName) && isAnyText(typeOf(propertyName.expression), checker)
  );
}

/** Whether the type lets texts through that are not spelled out in it. */
function isAnyText(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnionOrIntersection()) return type.types.some((part) => isAnyText(part, checker));
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true;
  if (type.flags & ts.TypeFlags.Index || isKeyParameter(type)) return false;
  if (type.flags & (ts.TypeFlags.TypeParameter | ts.TypeFlags.IndexedAccess)) {
    const constraint = checker.getBaseConstraintOfType(type);
    return constraint !== undefined && constraint !== type && isAnyText(constraint, checker);
  }
  return (
    (type.flags &
      (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping)) !==
    0
  );
}

/** `K extends keyof T`: the caller names a key that the type has. */
function isKeyParameter(type: ts.Type): boolean {
  const declared = type.getSymbol()?.declarations?.find(ts.isTypeParameterDeclaration);
  const constraint = declared?.constraint;
  return (
    constraint !== undefined &&
    ts.isTypeOperatorNode(constraint) &&
    constraint.operator === ts.SyntaxKind.KeyOfKeyword
  );
}

/** Arrays, tuples, typed arrays and texts: the compiler lets numbers alone index them. */
function isSequence(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.every((part) => isSequence(part, checker));
  if (type.flags & ts.TypeFlags.StringLike) return true;
  if (checker.isArrayType(type) || checker.isTupleType(type)) return true;
  return /^(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array$/.test(type.getSymbol()?.name ?? '');
}
