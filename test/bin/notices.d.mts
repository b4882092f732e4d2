import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Its license files as they are, or the text of the license that it names. */
  readonly text: string;
}

export function bundledPackages(
  metafiles: readonly Metafile[],
  root: string,
): Promise<BundledPackage[]>;

export function noticesText(packages: readonly BundledPackage[]): string;
