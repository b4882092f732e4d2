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
import { h } from '../h.ts';
import { colourClass } from './colours.ts';

// prettier-ignore
const grammars = new Map(
  Object.entries({
    bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin,
    markdown, php, powershell, python, ruby, rust, shell, sql, swift, typescript, xml, yaml,
  }),
);

/** Code to coloured nodes of the same text; undefined when there is no such grammar, or it fails. */
export function highlight(code: string, grammar: string): DocumentFragment | undefined {
  const rules = grammars.get(grammar);
  if (!rules) return undefined;
  if (!hljs.getLanguage(grammar)) {
    // Grammars are compiled on first use; sub-languages are asked for by name, so all are known.
    for (const [name, each] of grammars) hljs.registerLanguage(name, each);
    hljs.configure({ __emitter: NodeEmitter });
  }
  const { _emitter: emitter } = hljs.highlight(code, { language: grammar, ignoreIllegals: true });
  const nodes = emitter instanceof NodeEmitter ? emitter.fragment : undefined;
  return nodes?.textContent === code ? nodes : undefined;
}

/** Builds nodes where the library's own emitter builds markup; it calls both pairs of names. */
class NodeEmitter {
  readonly fragment = document.createDocumentFragment();
  #open: Node[] = [this.fragment];

  addText(text: string): void {
    const parent = this.#parent();
    const last = parent.lastChild;
    if (last instanceof Text) last.appendData(text);
    else if (text !== '') parent.appendChild(document.createTextNode(text));
  }

  startScope(scope: string): void {
    const colour = colourClass(scope);
    const parent = this.#parent();
    this.#open.push(colour ? parent.appendChild(h('span', { class: colour })) : parent);
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
    if (emitter instanceof NodeEmitter) this.#parent().appendChild(emitter.fragment);
  }

  finalize(): void {
    this.#open = [this.fragment];
  }

  toHTML(): string {
    return '';
  }

  #parent(): Node {
    return this.#open.at(-1) ?? this.fragment;
  }
}
