import { join } from 'node:path';
import * as z from 'zod/mini';
import { systemClock } from '../../../src/base/async/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { AuthError } from '../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../src/core/auth/refresh/tokenProvider.ts';
import { refreshEntriesSchema } from '../../../src/core/auth/refresh/refreshJournal.ts';
import { createLazyHttp } from '../../../src/node/http/lazyHttp.ts';
import { createLeases } from '../../../src/node/locks/leases.ts';
import { concealed, createPeerProcesses } from '../../../src/node/locks/processes.ts';
import { createSealedAnswers } from '../../../src/node/signIn/sealedAnswers.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import { createLazyLocks } from '../../../src/node/locks/lazyLocks.ts';
import { createTokenStore } from '../../../src/vscode/secrets/tokenStore.ts';
import { exhaust } from './exhaust.ts';
import { deed, serve } from './messages.ts';
import { createSecretFiles } from './secretFiles.ts';

/*
 * One window that is signed in: the parts that `src/parts` joins, on a secret storage of files.
 */

const [folder = '', secretFolder = '', issuer = '', lagMs = '0'] = process.argv.slice(2);
const log = silentLog;
const peers = createPeerProcesses();
const leases = createLeases(join(folder, 'leases'), log, peers);
const locks = createLazyLocks();
const notes = createSharedFile({
  folder: join(folder, 'shared'),
  name: 'refreshes',
  schema: refreshEntriesSchema,
  initial: {},
  leases,
  log,
});
const answers = createSealedAnswers(join(folder, 'shared', 'refreshes'));
const store = createTokenStore(createSecretFiles(secretFolder, Number(lagMs)), log, leases);
const tokenProvider = createTokenProvider({
  store,
  http: createLazyHttp().request,
  issuer: () => issuer,
  clock: systemClock,
  log,
  // By which the issuer of the test tells the windows apart.
  userAgent: String(process.pid),
  shared: { leases, notes, answers, peers, locks, nameOf: concealed, random: Math.random },
});
let signOuts = 0;
tokenProvider.onDidSignOut(() => signOuts++);

serve({
  exhaust,
  /** What a request does whose token the backend may have rejected. */
  use: deed(z.object({ rejected: z.string(), times: z.number() }), async ({ rejected, times }) => {
    const one = async () => {
      const { signal } = new AbortController();
      const [only] = await store.list();
      const bearer = await tokenProvider.bearerOf(only?.id ?? '', signal);
      const renewed =
        bearer.accessToken === rejected
          ? await tokenProvider.replaceRejected(bearer, signal)
          : bearer;
      return renewed.accessToken;
    };
    const before = signOuts;
    const ends = await Promise.all(
      Array.from({ length: times }, () =>
        one().catch((error: unknown) => {
          if (error instanceof AuthError) return error.failure;
          throw error;
        }),
      ),
    );
    return { ends, signOuts: signOuts - before };
  }),
});
