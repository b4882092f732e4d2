import { Lexer, Tokenizer, type MarkedToken, type Token, type Tokens } from 'marked';

/** Reads blocks of one message; remembers the link definitions that it was taught. */
export interface BlockLexer {
  /** How many link definitions are known. */
  readonly known: number;
  /** Cleaned source to tokens, with all known definitions. Never throws. */
  lex(source: string): readonly MarkedToken[];
  /** Length of the part of `lines`, complete lines, that nothing that follows can change. */
  settledLength(lines: string): number;
  /** Keeps the link definitions among finished tokens; the first of a label wins. */
  learn(tokens: readonly Token[]): void;
}

const maxDepth = 32;
const maxInline = 20_000;
const maxDenseInline = 2_000;

export function createLexer(): BlockLexer {
  const links = new Map<string, { href: string; title: string }>();

  function create(): LimitedLexer {
    const lexer = new LimitedLexer({ gfm: true, tokenizer: new LimitedTokenizer() });
    Object.assign(lexer.tokens.links, Object.fromEntries(links));
    return lexer;
  }

  return {
    get known() {
      return links.size;
    },
    lex(source) {
      try {
        return markedTokens(create().lex(source));
      } catch {
        // The parser gives up by throwing, or runs out of stack: the text is still to be read.
        return [plainParagraph(source)];
      }
    },
    settledLength(lines) {
      try {
        const lexer = create();
        return lengthBeforeLast(lines, lexer.blockTokens(lines, lexer.tokens));
      } catch {
        return 0;
      }
    },
    learn(tokens) {
      for (const definition of definitions(tokens)) {
        const { tag, href, title } = definition;
        if (!links.has(tag)) links.set(tag, { href, title });
      }
    },
  };
}

/** The tokens that we draw; ours have no extensions, so none is lost. */
export function markedTokens(tokens: readonly Token[]): MarkedToken[] {
  return tokens.filter(isMarked);
}

/** Text this long, or this full of openers, is not prose: it is shown as written. */
export function tooCostlyInline(text: string): boolean {
  if (text.length > maxInline) return true;
  if (text.length <= maxDenseInline) return false;
  return (text.match(/[[\]*_`<!&~]/g)?.length ?? 0) > text.length / 4;
}

const tokenTypes: ReadonlySet<string> = new Set<MarkedToken['type']>([
  ...(['blockquote', 'br', 'checkbox', 'code', 'codespan', 'def', 'del', 'em', 'escape'] as const),
  ...(['heading', 'hr', 'html', 'image', 'link', 'list', 'list_item', 'paragraph'] as const),
  ...(['space', 'strong', 'table', 'text'] as const),
]);

function isMarked(token: Token): token is MarkedToken {
  return tokenTypes.has(token.type);
}

class LimitedLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (!tooCostlyInline(source)) return super.inlineTokens(source, tokens);
    tokens.push({ type: 'text', raw: source, text: source, escaped: false });
    return tokens;
  }
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
  for (const token of markedTokens(tokens)) {
    if (token.type === 'def') yield token;
    if (token.type === 'blockquote') yield* definitions(token.tokens);
    if (token.type === 'list') {
      for (const item of token.items) yield* definitions(item.tokens);
    }
  }
}

function plainParagraph(source: string): MarkedToken {
  const text: Tokens.Text = { type: 'text', raw: source, text: source };
  return { type: 'paragraph', raw: source, text: source, tokens: [text] };
}
