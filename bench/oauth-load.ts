// The clients of bench/oauth.ts, in a process of their own: what they take is not what a token costs.

import type { Load } from './oauth.ts'

const connections = 8

process.on('message', async (load: Load) => {
  const troubles = await Promise.all(Array.from({ length: connections }, (_, at) => send(load, at)))
  process.send!(troubles.find((text) => text !== '') ?? '')
})
process.send!('ready')

/** Answers what went wrong first, or nothing. */
async function send({ url, authorization, count, refreshTokens }: Load, at: number): Promise<string> {
  let refreshToken = refreshTokens?.[at]
  for (let sent = 0; sent < count / connections; sent++) {
    const asked =
      refreshToken === undefined ? { grant_type: 'client_credentials' } : { grant_type: 'refresh_token', refresh_token: refreshToken }
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(asked) })
    const text = await answer.text()
    if (!answer.ok) return `${url}: ${answer.status} ${text}`
    if (refreshTokens) refreshToken = JSON.parse(text).refresh_token
  }
  return ''
}
