import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { colorClass } from './colors.ts';

// prettier-ignore
const grammars = new Map(
  Object.entries({
    bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin,
    markdown, php, powershell, python, ruby, rust, shell, sql, swift, typescript, xml, yaml,
  }),
);

/** Code in stretches of one color each, in order. */
export interface ColoredCode {
  /** Classes; empty for plain text. */
  readonly colours: readonly string[];
  /** UTF-16 units of each. */
  readonly lengths: readonly number[];
}

/**
 * The colors of code; undefined when there is no such grammar, or it fails. Some grammars take
 * minutes over some texts, so this is never called where anything waits.
 */
export function highlight(code: string, grammar: string): ColoredCode | undefined {
  const rules = grammars.get(grammar);
  if (!rules) return undefined;
  if (!hljs.getLanguage(grammar)) {
    // Grammars are compiled on first use; sub-languages are asked for by name, so all are known.
    for (const [name, each] of grammars) hljs.registerLanguage(name, each);
    hljs.configure({ __emitter: ColorEmitter });
  }
  const { _emitter: emitter } = hljs.highlight(code, { language: grammar, ignoreIllegals: true });
  return emitter instanceof ColorEmitter && emitter.text === code ? emitter : undefined;
}

/** Notes colors where the library's own emitter builds markup; it calls both pairs of names. */
class ColorEmitter implements ColoredCode {
  readonly colours: string[] = [];
  readonly lengths: number[] = [];
  text = '';
  readonly #open: string[] = [''];

  addText(text: string): void {
    this.text += text;
    this.#add(this.#colour(), text.length);
  }

  startScope(scope: string): void {
    this.#open.push(colorClass(scope) ?? this.#colour());
  }

  endScope(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: unknown): void {
    if (!(emitter instanceof ColorEmitter)) return;
    this.text += emitter.text;
    for (const [at, colour] of emitter.colours.entries())
      this.#add(colour || this.#colour(), emitter.lengths[at] ?? 0);
  }

  finalize(): void {
    this.#open.splice(1);
  }

  toHTML(): string {
    return '';
  }

  #colour(): string {
    return this.#open.at(-1) ?? '';
  }

  #add(colour: string, length: number): void {
    if (length === 0) return;
    const last = this.colours.length - 1;
    if (this.colours[last] === colour) this.lengths[last] = (this.lengths[last] ?? 0) + length;
    else {
      this.colours.push(colour);
      this.lengths.push(length);
    }
  }
}
