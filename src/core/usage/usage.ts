// Counts of calls: what their rows are called.

/** In the place of an operation or an app: what all of them have together. Kept for every step but minutes, of which there would be as many again. */
export const everyId = -1
