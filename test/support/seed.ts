import { configureGlobal } from 'fast-check';

const seed = Number(process.env['FC_SEED'] ?? 20_261_101);

/** The cases of the property tests are the same in each run; `npm run soak -- fullTests` takes others. */
configureGlobal({ seed });
