import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What VS Code reads translations of; `npm run l10n` writes it. */
export const bundlePath = join(root, 'media/l10n/bundle.l10n.json');

/** In the format of `@vscode/l10n-dev`. */
export type Bundle = Record<string, string | { message: string; comment: string[] }>;

export interface Extracted {
  readonly messages: readonly { readonly message: string; readonly comment: readonly string[] }[];
  /** Calls that no tool can extract, and texts that are read before the language is known. */
  readonly problems: readonly string[];
}

/** Our own source files, as paths from the root. */
export function sourceFiles(): string[] {
  return ['src', 'webview']
    .flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((f) => join(top, f)),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => relative('.', file).replaceAll('\\', '/'))
    .toSorted();
}

export function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/**
 * The messages that a file hands to `l10n.t` of `@vscode/l10n` or to `vscode.l10n.t`, the two forms
 * that `@vscode/l10n-dev` extracts. That package is not used here: it brings 90 packages, among them a
 * client of a translation service and a second TypeScript, and skips what it cannot extract.
 */
export function extractMessages(file: string, text: string): Extracted {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const [editor, own] = [namespaceOf(source, 'vscode'), namespaceOf(source, '@vscode/l10n')];
  const messages: { message: string; comment: string[] }[] = [];
  const problems: string[] = [];
  const look = (localizer: ts.Node) => {
    const { line } = source.getLineAndCharacterOfPosition(localizer.getStart());
    const problem = (what: string) => problems.push(`${file}:${line + 1} ${what}`);
    const use = useOf(localizer);
    if (use === 'other') return;
    if (!use) {
      problem('uses l10n other than by a call of l10n.t');
      return;
    }
    const message = messageOf(use.arguments[0]);
    if (message) messages.push(message);
    else problem('has a message that is no literal');
    if (!isInFunction(use)) problem('is read before the language is known');
  };
  const visit = (node: ts.Node): void => {
    if (isLocalizer(node, editor, own)) look(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (own === undefined && /from '@vscode\/l10n'/.test(text)) {
    problems.push(`${file} must import * as l10n from '@vscode/l10n'`);
  }
  return { messages, problems };
}

/** Names of `import * as name` from the module. */
function namespaceOf(source: ts.SourceFile, module: string): string | undefined {
  return source.statements
    .filter(ts.isImportDeclaration)
    .filter(({ moduleSpecifier: from }) => ts.isStringLiteral(from) && from.text === module)
    .flatMap(({ importClause }) => importClause?.namedBindings ?? [])
    .find(ts.isNamespaceImport)?.name.text;
}

/** Whether a node is `vscode.l10n`, or `l10n` of `@vscode/l10n`, without the import itself. */
function isLocalizer(node: ts.Node, editor: string | undefined, own: string | undefined): boolean {
  if (ts.isIdentifier(node)) {
    const { parent } = node;
    const isName = 'name' in parent && parent.name === node;
    return node.text === own && !isName;
  }
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === editor &&
    node.name.text === 'l10n'
  );
}

/** How a file may use a localizer beside `t`. */
const otherUses = new Set(['bundle', 'config']);

/** The call of `t`, `other` for a use that needs no extraction; undefined for all else. */
function useOf(localizer: ts.Node): ts.CallExpression | 'other' | undefined {
  const { parent } = localizer;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== localizer) return undefined;
  if (otherUses.has(parent.name.text)) return 'other';
  const call = parent.parent;
  const isCall = ts.isCallExpression(call) && call.expression === parent;
  return parent.name.text === 't' && isCall ? call : undefined;
}

function messageOf(argument: ts.Expression | undefined) {
  if (argument && ts.isStringLiteral(argument)) return { message: argument.text, comment: [] };
  if (!argument || !ts.isObjectLiteralExpression(argument)) return undefined;
  const valueOf = (name: string) =>
    argument.properties.find(
      (property): property is ts.PropertyAssignment =>
        ts.isPropertyAssignment(property) &&
        ts.isIdentifier(property.name) &&
        property.name.text === name,
    )?.initializer;
  const [message, comment] = [valueOf('message'), valueOf('comment')];
  if (!message || !ts.isStringLiteral(message)) return undefined;
  if (!comment || !ts.isArrayLiteralExpression(comment)) return undefined;
  const lines = comment.elements.filter(ts.isStringLiteral).map(({ text }) => text);
  return lines.length === comment.elements.length
    ? { message: message.text, comment: lines }
    : undefined;
}

function isInFunction(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at)) return true;
  }
  return false;
}

/** All messages of the source, sorted, so that each change of one is one line of a diff. */
export function extractBundle(): Bundle {
  const messages = sourceFiles().flatMap((file) => [
    ...extractMessages(file, readSource(file)).messages,
  ]);
  const entries = messages.map(({ message, comment }) =>
    comment.length === 0
      ? ([message, message] as const)
      : ([`${message}/${comment.join('')}`, { message, comment: [...comment] }] as const),
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

export const bundleText = (): string => `${JSON.stringify(extractBundle(), undefined, 2)}\n`;
