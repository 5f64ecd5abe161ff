/** Past these nobody counts. */
const countedMax = 10_000

/** How many there are, as the platform counted them. */
export const counted = (count: number): string => (count > countedMax ? `${countedMax.toLocaleString()}+` : count.toLocaleString())
