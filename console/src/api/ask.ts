// One request to the management API: path, query and body from its types, the envelope taken off, a failure thrown as `ApiError`.
// Who asks is in a cookie that no script can read; without one the platform's login page is next.

import { language } from '../text/text.ts'
import type { Answer, Input, Key } from './types.ts'

/** A refusal, by its name in docs/errors.md, with words for people in their language. */
export class ApiError extends Error {
  override readonly name: string
  readonly status: number
  readonly requestId: string | undefined

  constructor(status: number, name: string, words: string, requestId: string | undefined) {
    super(words)
    this.name = name
    this.status = status
    this.requestId = requestId
  }
}

interface Given {
  readonly params?: Record<string, string | number>
  readonly query?: Record<string, string | number | boolean | undefined>
  readonly body?: unknown
}

export async function ask<K extends Key>(key: K, input: Input<K>, signal?: AbortSignal): Promise<Answer<K>> {
  const { params = {}, query = {}, body } = input as Given
  const [method, pattern] = key.split(' ') as [string, string]
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name]!))
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  const isForm = body instanceof FormData
  const response = await fetch(`${path}${search.size > 0 ? `?${search}` : ''}`, {
    method,
    headers: { 'accept-language': language(), ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }) },
    // A text is JSON already, and goes as it is written.
    ...(body === undefined ? {} : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : new ApiError(0, 'unreachable', '', undefined)
  })
  const envelope = await response.json().catch(() => undefined)
  if (response.ok && envelope !== undefined) return envelope.data
  if (response.status === 401) goToLogin()
  throw new ApiError(response.status, envelope?.error ?? 'unreachable', envelope?.msg ?? '', envelope?.requestId)
}

function goToLogin(): void {
  const { pathname, search } = window.location
  window.location.assign(`/login?return=${encodeURIComponent(pathname + search)}`)
}
