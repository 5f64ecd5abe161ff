// What tests of OAuth share: apps as clients, a browser as far as cookies and redirects go, and the flow of a code up to its end.

import { createHash, randomBytes } from 'node:crypto'
import { type Answer, adminPassword, captchaAnswer, type House, send, type TestApp } from './house.ts'

export const callback = 'https://shop.example/callback'

/** An enabled app with these fields. */
export async function newClient(house: House, fields: Record<string, unknown> = {}): Promise<TestApp> {
  const app = await house.app()
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { redirectUris: [callback], ...fields })
  return app
}

/** A POST of a form, as standard endpoints take it; `basic` are the client's credentials in the header. */
export function postForm(base: string, path: string, fields: Record<string, string>, basic?: TestApp): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  if (basic) headers.authorization = `Basic ${Buffer.from(`${basic.appId}:${basic.appSecret}`).toString('base64')}`
  return send(base, { method: 'POST', path, headers, body: new URLSearchParams(fields).toString() })
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** Holds cookies by name and path, and says where a redirect leads without going there. */
export class Browser {
  readonly #base: string
  readonly #cookies = new Map<string, { name: string; value: string; path: string }>()

  constructor(base: string) {
    this.#base = base
  }

  async get(path: string): Promise<Answer> {
    return this.#send({ method: 'GET', path: this.#pathOf(path), headers: {} })
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const all = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(this.#base).origin, ...headers }
    return this.#send({ method: 'POST', path: this.#pathOf(path), headers: all, body: new URLSearchParams(fields).toString() })
  }

  cookieNames(): string[] {
    return [...this.#cookies.values()].map(({ name }) => name)
  }

  forget(cookie: string): void {
    for (const [key, { name }] of this.#cookies) if (name === cookie) this.#cookies.delete(key)
  }

  /** Follows redirects, also those of `Refresh`, as long as they lead to the platform; answers the last, or where else it leads. */
  async follow(first: Answer): Promise<{ answer: Answer; left: URL | undefined; at: string }> {
    let answer = first
    let at = ''
    for (let steps = 0; steps < 15; steps++) {
      const next = answer.headers.get('location') ?? answer.headers.get('refresh')?.replace(/^0; url=/, '')
      if (!next) return { answer, left: undefined, at }
      const url = new URL(next, this.#base)
      if (url.origin !== new URL(this.#base).origin) return { answer, left: url, at }
      at = url.pathname + url.search
      answer = await this.get(at)
    }
    throw new Error('redirects without an end')
  }

  async #send(call: Parameters<typeof send>[1]): Promise<Answer> {
    const fitting = [...this.#cookies.values()].filter(({ path }) => call.path === path || call.path.startsWith(path === '/' ? '/' : path))
    const cookie = fitting.map(({ name, value }) => `${name}=${value}`).join('; ')
    const answer = await send(this.#base, { ...call, headers: { ...call.headers, ...(cookie ? { cookie } : {}) } })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; */)
    const at = pair.indexOf('=')
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/'
    const isGone = attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one) || /^max-age=0$/i.test(one))
    const key = `${pair.slice(0, at)} ${path}`
    if (isGone) this.#cookies.delete(key)
    else this.#cookies.set(key, { name: pair.slice(0, at), value: pair.slice(at + 1), path })
  }

  #pathOf(path: string): string {
    const url = new URL(path, this.#base)
    return url.pathname + url.search
  }
}

/** The value of a hidden field. */
export function hidden(answer: Answer, name: string): string {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(answer.text)
  if (!found) throw new Error(`there is no field ${name}: ${answer.status} ${answer.text.slice(0, 500)}`)
  return found[1]!.replaceAll('&amp;', '&')
}

export interface Asked {
  readonly client: TestApp
  readonly username?: string
  readonly password?: string
  readonly decision?: 'allow' | 'deny'
  readonly parameters?: Record<string, string | undefined>
}

/** The way through the pages: signs in and answers where that is asked. Answers where the browser was sent in the end. */
export async function authorize(browser: Browser, asked: Asked): Promise<URL> {
  const { client, username = 'admin', password = adminPassword, decision = 'allow', parameters = {} } = asked
  const all = { client_id: client.appId, redirect_uri: callback, response_type: 'code', scope: 'openid', state: 's-1', ...parameters }
  const query = new URLSearchParams(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
  let step = await browser.follow(await browser.get(`/oauth/authorize?${query}`))
  if (step.at.startsWith('/login')) {
    const fields: Record<string, string> = { formToken: hidden(step.answer, 'formToken'), return: hidden(step.answer, 'return') }
    let entered = await browser.post('/login', { ...fields, username, password })
    if (entered.text.includes('captchaId')) {
      const captcha = { captchaId: hidden(entered, 'captchaId'), verfiyCode: captchaAnswer }
      entered = await browser.post('/login', { ...fields, username, password, ...captcha })
    }
    step = await browser.follow(entered)
  }
  if (step.at.startsWith('/oauth/interaction')) {
    step = await browser.follow(await browser.post(step.at, { formToken: hidden(step.answer, 'formToken'), decision }))
  }
  if (!step.left) throw new Error(`it ends at ${step.at}: ${step.answer.status} ${step.answer.text.slice(0, 2000)}`)
  return step.left
}
