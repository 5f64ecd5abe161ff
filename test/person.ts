// A person with a browser, as far as HTTP goes: cookies are kept, forms are filled in as they stand on the page. For what only a real browser
// does there is `browser.ts`.

import { type Answer, send } from './house.ts'

export interface PersonOptions {
  /** Where they are; the house has to trust its own machine as a proxy. */
  readonly address?: string
  readonly language?: string
}

export interface Shown extends Answer {
  readonly path: string
}

export type Person = ReturnType<typeof openPerson>

export function openPerson(house: { readonly platformUrl: string }, { address, language = 'en' }: PersonOptions = {}) {
  const cookies = new Map<string, string>()
  const from: Record<string, string> = address === undefined ? {} : { 'x-forwarded-for': address }

  async function request(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Shown> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const fields = { 'accept-language': language, 'user-agent': 'person/1', ...from, ...(cookie === '' ? {} : { cookie }), ...headers }
    const answer = await send(house.platformUrl, { method, path, headers: fields, ...(body === undefined ? {} : { body }) })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { ...answer, path }
  }

  const get = (path: string, headers: Record<string, string> = {}) => request('GET', path, headers)

  return {
    cookies,
    get,
    /** Sends these fields as a form, as a page of the platform would. */
    post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Shown> {
      const type = { 'content-type': 'application/x-www-form-urlencoded', origin: house.platformUrl, 'sec-fetch-site': 'same-origin' }
      return request('POST', path, { ...type, ...headers }, new URLSearchParams(fields).toString())
    },
    /** Fills in the form of a page, with what is hidden in it, and sends it. */
    submit(page: Shown, fields: Record<string, string>, action?: string): Promise<Shown> {
      const form = formOf(page, action)
      return this.post(form.action, { ...form.fields, ...fields })
    },
    /** Signs in by name and password; where that leads. */
    async signIn(username: string, password: string, goTo = '/'): Promise<Shown> {
      const page = await get(`/login?return=${encodeURIComponent(goTo)}`)
      return this.submit(page, { username, password }, '/login')
    },
  }
}

/** The form that leads to `action`, or the first: where it leads, and what its fields hold. */
export function formOf({ text }: { readonly text: string }, action?: string): { action: string; fields: Record<string, string> } {
  const forms = [...text.matchAll(/<form [^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)]
  const found = forms.find((form) => action === undefined || plain(form[1]!) === action)
  if (!found) throw new Error(`no form${action === undefined ? '' : ` to ${action}`} in: ${text.slice(0, 2_000)}`)
  const inputs = [...found[2]!.matchAll(/<input [^>]*>/g)].map(([input]) => input)
  const fields = inputs.flatMap((input) => {
    const name = /name="([^"]*)"/.exec(input)?.[1]
    return name === undefined ? [] : [[name, plain(/value="([^"]*)"/.exec(input)?.[1] ?? '')]]
  })
  return { action: plain(found[1]!), fields: Object.fromEntries(fields) }
}

const plain = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
