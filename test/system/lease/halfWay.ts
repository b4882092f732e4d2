/** What the points in the middle of a text are called; see `killPoints.ts`. */
export const halfWay = 'half way';
