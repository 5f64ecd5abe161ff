/** How long something took; a dash where nothing did. */
export const milliseconds = (ms: number | null | undefined): string => (ms == null ? '–' : `${ms.toLocaleString()} ms`)
