import { loadModule } from '../../base/async/loading.ts';
import type { HttpClient, HttpOptions } from './http.ts';

/**
 * The way to the network, loaded with the first request: it takes longer to load than all the rest
 * of the extension, and a start needs none of it.
 */
export function createLazyHttp(options?: HttpOptions): HttpClient {
  let client: Promise<HttpClient> | undefined;
  const open = async () => {
    const { createHttp } = await loadModule(() => import('./http.ts'));
    return createHttp(options);
  };
  return {
    request: async (request, signal) => (await (client ??= open())).request(request, signal),
    async close() {
      await (await client)?.close();
    },
  };
}
