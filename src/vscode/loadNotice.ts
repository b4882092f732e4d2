import { LoadError } from '../base/async/loading.ts';
import { offerReload } from './offerReload.ts';

/** Does what needs code from disk; when that is gone, offers to reload the window. Rejects all the same. */
export async function notifyFailedLoad<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LoadError) void offerReload(error.message);
    throw error;
  }
}
