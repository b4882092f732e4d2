import * as zlib from 'node:zlib';
import type { Readable, Transform } from 'node:stream';

const { constants } = zlib;

/** Decoders that give out what they have after every chunk, so that a compressed stream stays live. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => zlib.createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  // Node has it since 22.15.
  ...('createZstdDecompress' in zlib && {
    zstd: () => zlib.createZstdDecompress({ flush: constants.ZSTD_e_flush }),
  }),
};

/** What this Node can decode, as `accept-encoding` says it. */
export const acceptedEncodings = ['gzip', 'br', 'deflate', 'zstd']
  .filter((name) => Object.hasOwn(decoders, name))
  .join(', ');

/** The encodings stand in the order in which they were applied (RFC 9110, 8.4). */
export function decoded(body: Readable, encoding: string | undefined): Readable {
  let stream = body;
  for (const name of (encoding ?? '').toLowerCase().split(',').toReversed()) {
    const decoder = decoders[name.trim()]?.();
    if (!decoder) continue;
    const source = stream;
    source.on('error', (error) => decoder.destroy(error));
    decoder.on('close', () => source.destroy());
    stream = source.pipe(decoder);
  }
  return stream;
}
