// Puts people's pages on the server: where each stands, the fields that protect them, and a page for what goes wrong.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faults } from '#core/fault.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { named } from '#edge/management/serve.ts'
import { explain, wordsOf } from '#text/text.ts'
import { html } from './html.ts'
import { chooseLanguage } from './language.ts'
import { showLogin, signOut, takeLogin } from './login.ts'
import { around, fieldsOf, type Page, pageFields, style } from './shell.ts'
import { languageAsked, openVisit, type Visit } from './visit.ts'

/** A path of ours to go on to (303). */
export interface Goto {
  readonly goto: string
}

export type Handle = (visit: Visit, deps: ManagementDeps) => Promise<Page | Goto> | Page | Goto

export type PageRoute = readonly ['GET' | 'POST', path: string, handle: Handle]

// biome-ignore format: a table
const pages: readonly PageRoute[] = [
  ['GET',  '/login',    showLogin],
  ['POST', '/login',    takeLogin],
  ['POST', '/logout',   signOut],
  ['GET',  '/language', chooseLanguage],
]

/** No form of ours has more. */
const formBytesMax = 64 * 1024

/** `more` are pages of other faces in the same layout. */
export function servePages(server: FastifyInstance, deps: ManagementDeps, more: readonly PageRoute[]): void {
  server.get(style.path, (_, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(style.css),
  )
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: formBytesMax } as const
    scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_, body, done) => done(null, body))
    scope.setErrorHandler(answerTrouble)
    for (const [method, path, handle] of [...pages, ...more]) {
      scope.route({
        method,
        url: path,
        bodyLimit: formBytesMax,
        config: { accepts: 'application/x-www-form-urlencoded' },
        handler: async (request, reply) => {
          const visit = openVisit(request, reply, deps)
          const answer = await handle(visit, deps)
          return 'goto' in answer ? reply.headers(pageFields).redirect(answer.goto, 303) : sendPage(answer, visit.request, reply)
        },
      })
    }
  })
}

function sendPage(page: Page, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageAsked(request)
  const here = request.method === 'GET' ? request.url : request.url.split('?')[0]!
  return reply
    .code(page.status ?? 200)
    .type('text/html; charset=utf-8')
    .headers(fieldsOf(page, language))
    .send(around(page, { language, words: wordsOf(language), here }))
}

function answerTrouble(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error, request)
  const { status } = faults[name]
  if (status >= 500) request.log.error({ err: error, fault: name }, 'request failed')
  const language = languageAsked(request)
  const words = wordsOf(language)
  const said = name === 'cross_site_request' ? words('crossSite') : explain(name, detail, language)
  const retryAfter = detail.retryAfter ?? (name === 'overloaded' ? 1 : undefined)
  const body = html`<h1>${words('notHere')}</h1>
<p class="notice bad" role="alert">${said}</p>
<p class="quiet small">${words('requestId', { requestId: request.id })}</p>
<p><a href="${name === 'form_expired' ? request.url : '/'}">${words(name === 'form_expired' ? 'goOn' : 'backHome')}</a></p>`
  const fields: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  sendPage({ status, title: words('notHere'), cards: [body], fields }, request, reply)
}
