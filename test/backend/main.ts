import { parseArgs } from 'node:util';
import { startBackend } from './backend.ts';

/** `tsx test/backend/main.ts [--port 8787] [--pace 60]`: the practice backend until Ctrl+C. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8787' },
    pace: { type: 'string', default: '60' },
  },
});

const backend = await startBackend({ port: Number(values.port), pace: Number(values.pace) });
console.log(`Practice backend: ${backend.url}
  codexChat.issuer   ${backend.issuer}
  codexChat.apiBaseUrl  ${backend.apiBaseUrl}
  codexChat.baseUrl  ${backend.baseUrl}
  faults by hand     ${backend.url}/control
Ctrl+C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void backend.stop();
  });
