// Members of an external source (KAIMEN_MEMBER_SOURCE_URL). It is asked by POST with JSON `{"username","password","appId"}` and answers
// 200 with `{"uid", "username"?, "nikeName"?}`, or 401, 403 or 404 for who is not a member. `docs/member.md` says so to who writes one.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { askOutward, fieldOf, type OutwardBounds, OutwardError } from '#lib/outward.ts'
import { externalUidPattern, externalUserId, type Member } from './member.ts'

export interface MemberSource {
  readonly url: string
  /** A whole field line that proves us to it. */
  readonly credential: string | undefined
  /** Whether an address is a listener of ours. */
  readonly isOwn: OutwardBounds['isOwn']
}

const timeMaxMs = 5_000
const bytesMax = 64 * 1024

const storable = z
  .string()
  .max(255)
  .refine((text) => text.isWellFormed() && !text.includes('\0'))
const answered = z.object({
  uid: z.union([z.string(), z.int().min(0).transform(String)]).pipe(z.string().regex(externalUidPattern)),
  username: storable.nullish(),
  nikeName: storable.nullish(),
})

/** Undefined for who is not a member. Throws `member_source_failed` for everything that is the source's fault. */
export async function askSource(
  { url, credential, isOwn }: MemberSource,
  asked: { username: string; password: string; appId: string },
): Promise<Member | undefined> {
  const headers = { accept: 'application/json', 'content-type': 'application/json', ...fieldOf(credential) }
  const bounds = { bytesMax, isOwn, signal: AbortSignal.timeout(timeMaxMs) }
  const { status, text } = await askOutward(new URL(url), headers, bounds, JSON.stringify(asked)).catch((error: unknown) => {
    if (error instanceof OutwardError) throw fault('member_source_failed', { problem: error.why }, { cause: error })
    throw error
  })
  if (status === 401 || status === 403 || status === 404) return undefined
  if (status !== 200) throw fault('member_source_failed', { problem: `status ${status}` })
  const { data, success } = answered.safeParse(parse(text))
  if (!success) throw fault('member_source_failed', { problem: 'answer' })
  return { userId: externalUserId(data.uid), profile: { username: data.username ?? asked.username, nikeName: data.nikeName ?? null } }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
