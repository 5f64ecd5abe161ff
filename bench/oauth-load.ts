// The clients of bench/oauth.ts, in a process of their own: what they take is not what a token costs.

import type { Load } from './oauth.ts'

const connections = 8

process.on('message', async (load: Load) => {
  const counts = await Promise.all(Array.from({ length: connections }, (_, at) => send(load, at)))
  process.send!(counts.reduce((sum, failed) => sum + failed, 0))
})
process.send!('ready')

async function send({ url, authorization, count, refreshTokens }: Load, at: number): Promise<number> {
  let failed = 0
  let refreshToken = refreshTokens?.[at]
  for (let sent = 0; sent < count / connections; sent++) {
    const asked =
      refreshToken === undefined ? { grant_type: 'client_credentials' } : { grant_type: 'refresh_token', refresh_token: refreshToken }
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(asked) })
    const json = (await answer.json()) as { refresh_token?: string }
    if (!answer.ok) failed++
    if (refreshTokens) refreshToken = json.refresh_token ?? refreshToken
  }
  return failed
}
