/** A place in a file as a text names it: `src/a.ts:3:5`, `src/a.ts#L3-L9`, `C:\shop\a.ts(3,5)`. */
export interface FileReference {
  /** With `/` between its parts; absolute (`/x`, `C:/x`), or relative to a workspace folder. */
  readonly path: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
}

/** UTF-16 units of a reference. */
export const longestReference = 500;

const positions = [
  /:(?<line>\d{1,7})(?::(?<column>\d{1,7}))?(?:-(?<end>\d{1,7}))?$/,
  /#L(?<line>\d{1,7})(?:C(?<column>\d{1,7}))?(?:-L?(?<end>\d{1,7})(?:C\d{1,7})?)?$/,
  /\((?<line>\d{1,7})(?:,[ ]?(?<column>\d{1,7}))?\)$/,
];

/**
 * Reads a reference to a file; undefined for all that is none. Addresses with a scheme, names of
 * other machines (`\\host\share`, `//host`) and home folders are none: nothing of them may be asked
 * for.
 */
export function readFileReference(text: string): FileReference | undefined {
  if (text.length > longestReference || text.trim() !== text) return undefined;
  const { path: written, ...place } = splitPosition(text);
  const path = written.replaceAll('\\', '/');
  if (path === '' || path.startsWith('//') || path.startsWith('~')) return undefined;
  const inside = /^[A-Za-z]:\//.test(path) ? path.slice(2) : path;
  if (/[:*?"<>|#\p{Cc}\p{Cf}]/u.test(inside) || inside.endsWith('/')) return undefined;
  return { path, ...place };
}

/**
 * As `readFileReference`, for words that were not marked as a link: they must look like a path, with
 * a folder or an ending, and hold no space.
 */
export function readPathLikeWord(text: string): FileReference | undefined {
  if (/\s/.test(text)) return undefined;
  const reference = readFileReference(text);
  if (reference === undefined) return undefined;
  const { path } = reference;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const hasEnding = /[\w)\]]\.[A-Za-z]\w{0,9}$|^\.[A-Za-z][\w.-]+$/.test(name);
  const hasFolder = /^(?:[A-Za-z]:)?\/?(?:[\w.@+~()[\]$-]+\/)+[\w.@+~()[\]$-]+$/.test(path);
  return hasEnding || (hasFolder && !/^\d+\/\d+$/.test(path)) ? reference : undefined;
}

function splitPosition(text: string): FileReference {
  for (const position of positions) {
    const match = position.exec(text.slice(-40));
    if (!match?.groups) continue;
    const { line, column, end } = match.groups;
    const path = text.slice(0, text.length - match[0].length);
    return {
      path,
      ...(line !== undefined && { line: Math.max(1, Number(line)) }),
      ...(column !== undefined && { column: Math.max(1, Number(column)) }),
      ...(end !== undefined && { endLine: Math.max(1, Number(end)) }),
    };
  }
  return { path: text };
}
