// Puts people's pages on the server: where each stands, the fields that protect them, and a page for what goes wrong.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faults } from '#core/fault.ts'
import type { Viewer } from '#core/user/user.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { named } from '#edge/management/serve.ts'
import { sessionOf } from '#edge/session.ts'
import { explain, wordsOf } from '#text/text.ts'
import { showAccount, takePassword, takeProfile, takeSessions } from './account.ts'
import { showForgot, takeForgot } from './forgot.ts'
import { html } from './html.ts'
import { chooseLanguage } from './language.ts'
import { showLogin, signOut, takeCode, takeLogin } from './login.ts'
import { showRegister, takeRegister } from './register.ts'
import { beginSecondFactor, removeSecondFactor, showSecondFactor, takeFirstCode } from './second-factor.ts'
import { around, type Page, policyOf, style } from './shell.ts'
import { languageAsked, openVisit, type Visit } from './visit.ts'

/** A path of ours to go on to (303). */
export interface Goto {
  readonly goto: string
}

type Answer = Promise<Page | Goto> | Page | Goto
type Handle = (visit: Visit, deps: ManagementDeps, viewer: Viewer) => Answer
type OpenHandle = (visit: Visit, deps: ManagementDeps) => Answer

/** `enrolling`: also whoever may do nothing else before they have a second factor. */
type Row = readonly ['GET' | 'POST', path: string, ...(readonly ['anyone', OpenHandle] | readonly ['signedIn' | 'enrolling', Handle])]

// biome-ignore format: a table
const pages: readonly Row[] = [
  ['GET',  '/login',                         'anyone',    showLogin],
  ['POST', '/login',                         'anyone',    takeLogin],
  ['POST', '/login/code',                    'anyone',    takeCode],
  ['POST', '/logout',                        'anyone',    signOut],
  ['GET',  '/language',                      'anyone',    chooseLanguage],
  ['GET',  '/register',                      'anyone',    showRegister],
  ['POST', '/register',                      'anyone',    takeRegister],
  ['GET',  '/forgot',                        'anyone',    showForgot],
  ['POST', '/forgot',                        'anyone',    takeForgot],
  ['GET',  '/account',                       'signedIn',  showAccount],
  ['POST', '/account/profile',               'signedIn',  takeProfile],
  ['POST', '/account/password',              'signedIn',  takePassword],
  ['POST', '/account/sessions/end',          'signedIn',  takeSessions],
  ['GET',  '/account/second-factor',         'enrolling', showSecondFactor],
  ['POST', '/account/second-factor',         'enrolling', beginSecondFactor],
  ['POST', '/account/second-factor/confirm', 'enrolling', takeFirstCode],
  ['POST', '/account/second-factor/remove',  'signedIn',  removeSecondFactor],
]

/** No form of ours has more. */
const formBytesMax = 64 * 1024

export function servePages(server: FastifyInstance, deps: ManagementDeps): void {
  server.get(style.path, (_, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(style.css),
  )
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: formBytesMax } as const
    scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_, body, done) => done(null, body))
    scope.setErrorHandler(answerTrouble)
    for (const [method, path, who, handle] of pages) {
      scope.route({
        method,
        url: path,
        bodyLimit: formBytesMax,
        config: { accepts: 'application/x-www-form-urlencoded' },
        handler: async (request, reply) => {
          const visit = openVisit(request, reply, deps)
          const answer = who === 'anyone' ? await handle(visit, deps) : await handleFor(visit, deps, who, handle)
          return 'goto' in answer ? dress(reply).redirect(answer.goto, 303) : sendPage(answer, visit.request, reply)
        },
      })
    }
  })
}

/** Whoever is not signed in does that first. */
async function handleFor(visit: Visit, deps: ManagementDeps, who: 'signedIn' | 'enrolling', handle: Handle): Promise<Page | Goto> {
  const { request } = visit
  const viewer = await sessionOf(request, deps, who === 'enrolling')
  if (viewer) return handle(visit, deps, viewer)
  return { goto: `/login?${new URLSearchParams({ return: request.method === 'GET' ? request.url : '/account' })}` }
}

function sendPage(page: Page, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageAsked(request)
  const here = request.method === 'GET' ? request.url : request.url.split('?')[0]!
  return dress(reply)
    .code(page.status ?? 200)
    .type('text/html; charset=utf-8')
    .headers({ 'content-security-policy': policyOf(page), 'content-language': language, ...page.fields })
    .send(around(page, { language, words: wordsOf(language), here }))
}

/** `same-origin`: without any referrer, browsers would send forms with `Origin: null`. */
function dress(reply: FastifyReply): FastifyReply {
  return reply.headers({
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    vary: 'cookie, accept-language',
  })
}

function answerTrouble(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error, request)
  if (name === 'otp_enrolment_required') return void dress(reply).redirect('/account/second-factor', 303)
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
