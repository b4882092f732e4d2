import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one color. `change` damages or falsifies it. */
export function png(width: number, height: number, color = [40, 120, 200]): Buffer {
  const row = Buffer.concat([Buffer.of(0), Buffer.from(Array(width).fill(color).flat())]);
  const pixels = Buffer.concat(Array<Buffer>(height).fill(row));
  return pngFile(width, height, deflateSync(pixels));
}

/** A PNG of which the header tells any size, whatever is in it: decoded, it may fill the memory. */
export function pngHeader(width: number, height: number): Buffer {
  return pngFile(width, height, deflateSync(Buffer.alloc(1_000)));
}

function pngFile(width: number, height: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, RGB.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A moving GIF of two pictures of one pixel. */
export const movingGif = Buffer.from(
  [
    '47494638396101000100800000000000ffffff',
    '21ff0b4e45545343415045322e300301000000',
    '21f904000a0000002c000000000100010000020244010021f904000a0000002c00000000010001000002024c01003b',
  ].join(''),
  'hex',
);

export const svg = Buffer.from(
  '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
);
