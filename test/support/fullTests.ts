/** Whether tests take every case rather than a sample: `npm run soak -- fullTests` does. */
const isFull = process.env['FULL_TESTS'] === '1';

/** What a test takes each time, and what it takes when all cases are asked for. */
export const sampled = <T>(sample: T, full: T): T => (isFull ? full : sample);
