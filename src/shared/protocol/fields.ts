import * as z from 'zod/mini';

/** Fields that many messages have. */

export const id = z.string().check(z.minLength(1), z.maxLength(100));
/** Holds what the issuer calls the account and its owner, at worst an email address. */
export const accountId = z.string().check(z.minLength(1), z.maxLength(500));
/** Also of epoch ms. */
export const count = z.number().check(z.nonnegative());
/** 0 to 100. */
export const percent = z.number().check(z.minimum(0), z.maximum(100));
export const words = z.string().check(z.maxLength(2_000));
export const windowKind = z.enum(['fiveHour', 'weekly', 'other']);
