// One request of a person's browser, read: language, fields, who they are. Forms carry a token that only this browser's cookie fits, so that
// nobody signs somebody else in as themselves (login CSRF), who has no session yet that could be asked.

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '#core/fault.ts'
import type { Client } from '#core/user/sign-in.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { Actor } from '#db/actor.ts'
import type { AnyEndpoint, ManagementDeps } from '#edge/management/endpoint.ts'
import { parse, perform } from '#edge/management/serve.ts'
import { addressOf, cookieOf, isForeign, setCookie } from '#edge/session.ts'
import { type Language, type Words, wordsOf } from '#text/text.ts'
import { languageAsked } from './choice.ts'
import { type Fields, readFields } from './form.ts'
import { type Html, html } from './html.ts'

export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly language: Language
  readonly words: Words
  readonly client: Client
  readonly query: Fields
  /** Of a form that was sent; of a GET empty. */
  readonly form: Fields
  /** The hidden field that every form has. */
  readonly token: Html
}

/** Does what an endpoint of the management API does, by its own rules, with the fields of a form; an empty field is one that is not there. */
export async function submit<Who>(
  endpoint: AnyEndpoint<Who>,
  fields: Fields,
  visit: Visit,
  deps: ManagementDeps,
  viewer?: Viewer,
  params?: object,
): Promise<unknown> {
  const { language, client } = visit
  const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  const input = {
    params: parse(endpoint.params, params, language),
    query: undefined,
    body: parse(endpoint.body, body, language),
    bodyText: '',
    language,
    accept: '',
    ...client,
  }
  const open = endpoint as AnyEndpoint<Viewer | undefined>
  return perform({ method: 'POST', endpoint: open }, actorOf(visit, viewer), deps, viewer, async (own) => open.handle(input, own, viewer))
}

/** Who the audit shall say that did what is done here. */
export function actorOf({ request, client }: Visit, who: Pick<Viewer, 'userId' | 'username'> | undefined): Actor {
  // The path's pattern: an id in it may open something.
  const path = request.routeOptions.url?.replace(/:(\w+)/g, '{$1}')
  return { userId: who?.userId, username: who?.username, ip: client.address, requestId: request.id, route: `${request.method} ${path}` }
}

/** Throws `cross_site_request` or `form_expired` when a form is not one that we gave to this browser. */
export function openVisit(request: FastifyRequest, reply: FastifyReply, deps: ManagementDeps): Visit {
  const language = languageAsked(request)
  const form = readFields(typeof request.body === 'string' ? request.body : '')
  const token = (browser: string) => deps.sealer.digest('form', browser)
  let browser = cookieOf(request, deps.config, 'form')
  if (request.method === 'POST') {
    if (isForeign(request, deps.config)) throw fault('cross_site_request')
    if (browser === undefined || !isEqual(form.formToken ?? '', token(browser))) throw fault('form_expired')
  }
  if (browser === undefined) {
    browser = randomBytes(24).toString('base64url')
    setCookie(reply, deps.config, 'form', browser)
  }
  return {
    request,
    reply,
    language,
    words: wordsOf(language),
    client: { address: addressOf(request), userAgent: request.headers['user-agent'] ?? '' },
    query: readFields(request.url.split('?')[1] ?? ''),
    form,
    token: html`<input type="hidden" name="formToken" value="${token(browser)}">`,
  }
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
