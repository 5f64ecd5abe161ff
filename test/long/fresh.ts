export async function fresh(): Promise<void> {}
