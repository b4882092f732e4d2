/** The text of a file; `binary` when it holds none, `encoding` when its encoding is not known. */
export type DecodedText = { readonly text: string } | { readonly fault: 'binary' | 'encoding' };

/** Bytes that are looked through for what no text has. */
const sampleBytes = 65_536;

/** Reads UTF-8, and UTF-16 where its byte order mark says so. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const encoding = utf16Of(bytes);
  if (encoding !== undefined) return decodeAs(encoding, bytes) ?? { fault: 'encoding' };
  const sample = bytes.subarray(0, sampleBytes);
  if (sample.includes(0)) return { fault: 'binary' };
  return decodeAs('utf-8', bytes) ?? { fault: hasControls(sample) ? 'binary' : 'encoding' };
}

/** By its byte order mark; that of UTF-32 begins with the same two bytes. */
function utf16Of([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) {
    return third === 0 && fourth === 0 ? undefined : 'utf-16le';
  }
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function decodeAs(encoding: string, bytes: Uint8Array): { text: string } | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : { text };
  } catch {
    return undefined;
  }
}

/** Texts in older encodings have few control characters besides line breaks and tabs. */
function hasControls(sample: Uint8Array): boolean {
  const controls = sample.filter((byte) => byte < 9 || (byte > 13 && byte < 27));
  return controls.length > sample.length / 100;
}
