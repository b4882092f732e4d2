/*
 * The only way to undici. Of its files these three are loaded, not its public entry: that one also
 * loads fetch, WebSocket and caches (measured with Node 20: 535 kB in 72 ms of CPU instead of
 * 293 kB in 30 ms), and it sets the dispatcher of the whole process, through which the `fetch` of
 * every other extension would then run. `test/unit/node/undici.test.ts` names what this relies on.
 */
import send from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';

export { Agent, buildConnector, send };
