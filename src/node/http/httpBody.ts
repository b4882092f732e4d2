import * as zlib from 'node:zlib';
import type { Readable, Transform } from 'node:stream';
import { lookupTable } from '../../base/lookup.ts';

const { constants } = zlib;

/** Decoders that give out what they have after every chunk, so that a compressed stream stays live. */
const decoders = lookupTable<() => Transform>({
  gzip: () => zlib.createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => zlib.createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  // Node has it since 22.15.
  ...('createZstdDecompress' in zlib && {
    zstd: () => zlib.createZstdDecompress({ flush: constants.ZSTD_e_flush }),
  }),
});

/** What this Node can decode, as `accept-encoding` says it. */
export const acceptedEncodings = ['gzip', 'br', 'deflate', 'zstd']
  .filter((name) => decoders.has(name))
  .join(', ');

/** A server needs one, a proxy may add another; more are a way to fill the memory. */
const mostEncodings = 2;

/**
 * The encodings stand in the order in which they were applied (RFC 9110, 8.4). One that is not
 * known is passed over.
 *
 * @throws Error when there are more than two.
 */
export function decoded(body: Readable, encoding: string | undefined): Readable {
  const names = (encoding ?? '').toLowerCase().split(',');
  const wanted = names.map((name) => decoders.get(name.trim())).filter((one) => one !== undefined);
  if (wanted.length > mostEncodings) {
    throw new Error(`The answer is compressed ${wanted.length} times; ${mostEncodings} are read.`);
  }
  return wanted.reduceRight((source, create) => {
    const decoder = create();
    source.on('error', (error) => decoder.destroy(error));
    decoder.on('close', () => source.destroy());
    return source.pipe(decoder);
  }, body);
}
