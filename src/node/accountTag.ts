import { createHash } from 'node:crypto';

/**
 * What stands for a credential in the records of chats: enough to see that two are the same, and
 * nothing of the id, which may hold an email address. 16 hexadecimal digits of SHA-256.
 */
export function accountTag(credentialId: string): string {
  return createHash('sha256').update(`account ${credentialId}`).digest('hex').slice(0, 16);
}
