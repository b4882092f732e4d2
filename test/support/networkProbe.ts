import { HttpError, readText } from '../../src/base/http.ts';
import { createHttp } from '../../src/node/http/http.ts';

/** Asks for the address by a client without options, in a process and an environment of its own. */
const http = createHttp();
const dispatcher = Symbol.for('undici.globalDispatcher.1');
let told: string;
try {
  const request = { method: 'GET', url: process.argv[2] ?? '', headers: {} } as const;
  told = await readText(await http.request(request, AbortSignal.timeout(20_000)));
} catch (error) {
  told = error instanceof HttpError ? error.kind : String(error);
}
console.log(JSON.stringify({ told, setsDispatcher: dispatcher in globalThis }));
await http.close();
