import { Lexer, Tokenizer, type Hooks, type MarkedToken, type Token, type Tokens } from 'marked';
import {
  blockMath,
  blockMathStart,
  inlineMath,
  inlineMathStart,
  maskMath,
  type MathToken,
} from '../formula/math.ts';
import { wholeCharacters } from './textUnits.ts';

/** What we draw. */
export type DrawnToken = MarkedToken | MathToken;

/** Reads blocks of one message; remembers the link definitions that it was taught. */
export interface BlockLexer {
  /** How many link definitions are known. */
  readonly known: number;
  /** Cleaned source to tokens, with all known definitions. Never throws. */
  lex(source: string): readonly DrawnToken[];
  /** As `lex`, without what stands in words: only which blocks there are. */
  lexBlocks(source: string): readonly DrawnToken[];
  /** Length of the part of `lines`, complete lines, that nothing that follows can change. */
  settledLength(lines: string): number;
  /** Keeps the link definitions among finished tokens; the first of a label wins. */
  learn(tokens: readonly Token[]): void;
}

const maxDepth = 16;
const maxInline = 20_000;
const maxDenseInline = 2_000;
/** Words are read in pieces of this length: the parser's time may grow with the square of it. */
const inlinePiece = 2_500;
/** The parser looks through the piece for each of these. */
const mostDelimiters = 100;
/** The parser looks through all of them for each reference. */
const maxDefinitions = 500;
/** The cells of one row are laid out together. */
const maxColumns = 1_000;

export function createLexer(): BlockLexer {
  const links = new Map<string, { href: string; title: string }>();
  let last: Read | undefined;
  let lastBlocks: Read | undefined;

  function create(): LimitedLexer {
    const lexer = new LimitedLexer({
      gfm: true,
      tokenizer: new LimitedTokenizer(),
      hooks: createHooks(),
      extensions: math,
    });
    Object.assign(lexer.tokens.links, Object.fromEntries(links));
    return lexer;
  }

  function read(source: string): readonly DrawnToken[] {
    try {
      return drawnTokens(create().lex(source));
    } catch {
      // The parser gives up by throwing, or runs out of stack: the text is still to be read.
      return [plainParagraph(source)];
    }
  }

  function readBlocks(source: string): readonly DrawnToken[] {
    try {
      const lexer = create();
      return drawnTokens(lexer.blockTokens(source, lexer.tokens));
    } catch {
      return [plainParagraph(source)];
    }
  }

  function lexBlocks(source: string): readonly DrawnToken[] {
    if (lastBlocks?.source !== source) lastBlocks = { source, tokens: readBlocks(source) };
    return lastBlocks.tokens;
  }

  return {
    get known() {
      return links.size;
    },
    lexBlocks,
    lex(source) {
      if (last?.source !== source) last = { source, tokens: read(source) };
      return last.tokens;
    },
    settledLength: (lines) => lengthBeforeLast(lines, lexBlocks(lines)),
    learn(tokens) {
      for (const definition of definitions(tokens)) {
        const { tag, href, title } = definition;
        if (links.has(tag) || links.size >= maxDefinitions) continue;
        links.set(tag, { href, title });
        last = lastBlocks = undefined;
      }
    },
  };
}

interface Read {
  readonly source: string;
  readonly tokens: readonly DrawnToken[];
}

/** The tokens that we draw; the parser makes no others, so none is lost. */
export function drawnTokens(tokens: readonly Token[]): DrawnToken[] {
  return tokens.filter(isDrawn);
}

/** Text this long, or this full of openers, is not prose: it is shown as written. */
export function tooCostlyInline(text: string): boolean {
  if (text.length > maxInline) return true;
  if (text.length <= maxDenseInline) return false;
  return (text.match(/[[\]*_`<!&~]/g)?.length ?? 0) > text.length / 4;
}

const tokenTypes: ReadonlySet<string> = new Set<DrawnToken['type']>([
  ...(['blockquote', 'br', 'checkbox', 'code', 'codespan', 'def', 'del', 'em', 'escape'] as const),
  ...(['heading', 'hr', 'html', 'image', 'link', 'list', 'list_item', 'paragraph'] as const),
  ...(['math', 'space', 'strong', 'table', 'text'] as const),
]);

function isDrawn(token: Token): token is DrawnToken {
  return tokenTypes.has(token.type);
}

/** Formulas are found before anything in them can be taken for Markdown. */
const math = {
  renderers: {},
  childTokens: {},
  block: [blockMath],
  startBlock: [blockMathStart],
  inline: [
    (source: string, tokens: readonly Token[]) => inlineMath(source, tokens.at(-1)?.raw.slice(-1)),
  ],
  startInline: [inlineMathStart],
};

/** The lexer asks for the mask alone; the rest is for what turns tokens into HTML. */
function createHooks(): Hooks {
  return {
    options: {},
    preprocess: (markdown) => markdown,
    postprocess: (html) => html,
    processAllTokens: (tokens) => tokens,
    emStrongMask: (source) => source,
    provideLexer: () => Lexer.lexInline,
    provideParser: () => () => '',
  };
}

class LimitedLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    const length = pieceLength(source);
    if (length < source.length) {
      this.inlineTokens(source.slice(0, length), tokens);
      return this.inlineTokens(source.slice(length), tokens);
    }
    if (!tooCostlyInline(source)) {
      // The parser hands over a text in which escapes are masked already, `\(` among them.
      const mask = (masked: string) => maskMath(source, masked);
      if (this.options.hooks) this.options.hooks.emStrongMask = mask;
      return super.inlineTokens(source, tokens);
    }
    tokens.push({ type: 'text', raw: source, text: source, escaped: false });
    return tokens;
  }
}

/** Behind a line, or else a word; what follows has no say in it, so that a growing text stays as it is. */
function pieceLength(source: string): number {
  const most = Math.min(inlinePiece, denseLength(source));
  if (source.length <= most) return source.length;
  const piece = source.slice(0, most);
  const gap = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf(' ')) + 1;
  return gap > most / 2 ? gap : wholeCharacters(piece, most);
}

/** Where the text has as many delimiters of emphasis as are read together. */
function denseLength(source: string): number {
  const delimiters = /[*_]+/g;
  for (let count = 0; count < mostDelimiters; count++)
    if (!delimiters.test(source)) return Infinity;
  return delimiters.lastIndex;
}

/** Quotes and lists deeper than the limit are not opened, so their marks stay text. */
class LimitedTokenizer extends Tokenizer {
  #depth = 0;

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#nested(() => super.blockquote(source));
  }

  override list(source: string): Tokens.List | undefined {
    return this.#nested(() => super.list(source));
  }

  override table(source: string): Tokens.Table | undefined {
    const table = super.table(source);
    return table && table.header.length > maxColumns ? undefined : table;
  }

  #nested<T>(read: () => T): T | undefined {
    if (this.#depth >= maxDepth) return undefined;
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }
}

function lengthBeforeLast(source: string, tokens: readonly Token[]): number {
  const last = tokens.findLastIndex((token) => token.type !== 'space');
  let length = 0;
  for (const token of tokens.slice(0, Math.max(last, 0))) {
    if (!source.startsWith(token.raw, length)) return 0;
    length += token.raw.length;
  }
  return length;
}

function* definitions(tokens: readonly Token[]): Generator<Tokens.Def> {
  for (const token of drawnTokens(tokens)) {
    if (token.type === 'def') yield token;
    if (token.type === 'blockquote') yield* definitions(token.tokens);
    if (token.type === 'list') {
      for (const item of token.items) yield* definitions(item.tokens);
    }
  }
}

function plainParagraph(source: string): DrawnToken {
  const text: Tokens.Text = { type: 'text', raw: source, text: source };
  return { type: 'paragraph', raw: source, text: source, tokens: [text] };
}
