// Events of the platform itself. They go to `/kaimen/<type>` behind the callback address, and their data is of one form.

import type { NewEvent } from './event.store.ts'

export type PlatformEvent = 'test'

export function platformEvent(type: PlatformEvent, data: Readonly<Record<string, unknown>>, now: Date): NewEvent {
  return {
    operationId: null,
    path: `/kaimen/${type.replaceAll('.', '/')}`,
    data: JSON.stringify({ type, timestamp: now.toISOString(), data }),
    senderAppId: 0,
  }
}
