import { closeSync, openSync } from 'node:fs';
import * as z from 'zod/mini';
import { deed } from './messages.ts';

/** Takes all handles that the process may have but some, and gives them back after a while. */
export const exhaust = deed(
  z.object({ ms: z.number(), spare: z.optional(z.number()) }),
  async ({ ms, spare = 0 }) => {
    const handles: number[] = [];
    try {
      for (;;) handles.push(openSync('/dev/null', 'r'));
    } catch {
      handles.splice(0, spare).forEach((handle) => closeSync(handle));
      setTimeout(() => handles.forEach((handle) => closeSync(handle)), ms);
    }
    return handles.length;
  },
);
