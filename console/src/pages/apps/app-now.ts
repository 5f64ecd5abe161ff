// What an app has of something is sent whole. Made of what a page showed some time ago, it would take back what somebody else added meanwhile.

import { ask } from '../../api/ask.ts'
import type { AppInFull } from './app.tsx'

export const appNow = ({ id }: AppInFull): Promise<AppInFull> => ask('GET /openapi/app/{id}', { params: { id } })
