import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** Base64 of nonce, tag and text in AES-256-GCM; `name` is bound in. `key` is base64, 32 bytes. */
export function seal(text: string, name: string, key: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Undefined when it was not sealed by this key for this name, whatever it holds. */
export function open(entry: string, name: string, key: string): string | undefined {
  try {
    const bytes = Buffer.from(entry, 'base64');
    const nonce = bytes.subarray(0, nonceBytes);
    const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce, {
      authTagLength: tagBytes,
    });
    cipher.setAAD(Buffer.from(name));
    cipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const body = cipher.update(bytes.subarray(nonceBytes + tagBytes));
    return Buffer.concat([body, cipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** One who asks for a secret over a place that others can read. */
export interface Asker {
  /** To be laid out in the open. */
  publicKey: string;
  /** What {@link answerTo} made for this very asker; undefined for anything else. */
  open(answer: string): string | undefined;
}

export function createAsker(): Asker {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: toText(publicKey),
    open(answer) {
      const [theirs = '', box = ''] = answer.split('.');
      const key = commonKey(privateKey, theirs);
      return key === undefined ? undefined : open(box, theirs, key);
    },
  };
}

/** The text so that nobody but the asker can read it; undefined when the key is none. */
export function answerTo(publicKey: string, text: string): string | undefined {
  const mine = generateKeyPairSync('x25519');
  const key = commonKey(mine.privateKey, publicKey);
  const name = toText(mine.publicKey);
  return key === undefined ? undefined : `${name}.${seal(text, name, key)}`;
}

const toText = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).toString('base64');

function commonKey(privateKey: KeyObject, theirs: string): string | undefined {
  try {
    const der = Buffer.from(theirs, 'base64');
    const publicKey = createPublicKey({ key: der, type: 'spki', format: 'der' });
    const common = diffieHellman({ privateKey, publicKey });
    return Buffer.from(hkdfSync('sha256', common, '', 'codexChat.sharedKey', 32)).toString(
      'base64',
    );
  } catch {
    return undefined;
  }
}
