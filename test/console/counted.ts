// Gateways tell what they counted some time after they answered; the console shows what the platform knew when a page asked.

import type { House } from '../house.ts'
import { until } from '../kaimen-process.ts'

/** Waits until so many calls are counted. Of the year, which does not end meanwhile. */
export async function counted(house: House, calls: number): Promise<void> {
  const isCounted = async () => (await house.done('GET', '/openapi/stats/current')).year >= calls
  await until(isCounted, 15_000, () => `fewer than ${calls} calls are counted`)
}
