export interface Language {
  /** Name for people. */
  readonly name: string;
  /** Identifier that VS Code knows; empty when it is not known. */
  readonly id: string;
  /** Name of the highlighting grammar; absent when there is none. */
  readonly grammar?: string;
}

/** Name, VS Code identifier, grammar (or `-`), further aliases and file endings. */
const table = `
Shell|shellscript|bash|bash sh zsh shell ksh fish
Console|shellscript|shell|console shellsession terminal
C|c|c|c h
C++|cpp|cpp|cpp c++ cc cxx hpp hh
C#|csharp|csharp|csharp c# cs
CSS|css|css|css
Diff|diff|diff|diff patch
Dockerfile|dockerfile|dockerfile|dockerfile docker
Go|go|go|go golang
HTML|html|xml|html htm xhtml
INI|ini|ini|ini cfg conf env dotenv properties
Java|java|java|java
JavaScript|javascript|javascript|javascript js mjs cjs
JavaScript JSX|javascriptreact|javascript|jsx javascriptreact
JSON|json|json|json jsonl webmanifest
JSON with comments|jsonc|json|jsonc json5
Kotlin|kotlin|kotlin|kotlin kt kts
Less|less|css|less
Makefile|makefile|-|makefile make mk
Markdown|markdown|markdown|markdown md mdx
Mermaid|mermaid|-|mermaid
PHP|php|php|php
PowerShell|powershell|powershell|powershell ps1 pwsh
Python|python|python|python py python3 pyi
Ruby|ruby|ruby|ruby rb
Rust|rust|rust|rust rs
Sass|scss|css|scss sass
SQL|sql|sql|sql postgres postgresql mysql sqlite
SVG|xml|xml|svg
Swift|swift|swift|swift
Text|plaintext|-|text txt plain plaintext output log
TOML|toml|ini|toml
TypeScript|typescript|typescript|typescript ts mts cts
TypeScript JSX|typescriptreact|typescript|tsx typescriptreact
Vue|vue|xml|vue
XML|xml|xml|xml xsl xsd plist
YAML|yaml|yaml|yaml yml
`;

// A Map, so that `constructor` or `__proto__` as a language finds nothing.
const byAlias = new Map(
  table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [name = '', id = '', grammar = '-', aliases = ''] = line.split('|');
      const language: Language = { name, id, ...(grammar !== '-' && { grammar }) };
      return aliases.split(' ').map((alias) => [alias, language] as const);
    }),
);

/** The language behind a fence's word or a file's ending; undefined when we have no name for it. */
export function findLanguage(alias: string): Language | undefined {
  return byAlias.get(alias.toLowerCase());
}
