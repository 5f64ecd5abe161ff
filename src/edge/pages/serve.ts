// Puts people's pages on the server: where each stands, the fields that protect them, and a page for what goes wrong.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faults } from '#core/fault.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { named, retryAfterOf } from '#edge/management/serve.ts'
import { sessionOf } from '#edge/session.ts'
import { explain, wordsOf } from '#text/text.ts'
import { showAccount, takePassword, takeProfile, takeSessions, withdraw } from './account.ts'
import { chooseLanguage, chooseTheme, languageAsked, themeChosen, themeCookie } from './choice.ts'
import { showForgot, takeForgot } from './forgot.ts'
import { html } from './html.ts'
import { showLogin, signOut, takeCode, takeLogin } from './login.ts'
import { beginPasskey, changePasskey, showPasskeyLogin, showPasskeys, takePasskey, takePasskeyLogin } from './passkey.ts'
import { passkeyScript } from './passkey-script.ts'
import { showRegister, takeRegister } from './register.ts'
import { beginSecondFactor, removeSecondFactor, replaceCodes, showRecoveryCodes, showSecondFactor, takeFirstCode } from './second-factor.ts'
import { around, darkStyle, fieldsOf, type Page, pageFields, style } from './shell.ts'
import { openVisit, type Visit } from './visit.ts'

/** A path of ours to go on to (303). */
export interface Goto {
  readonly goto: string
}

type Answer = Promise<Page | Goto> | Page | Goto
export type Handle = (visit: Visit, deps: ManagementDeps) => Answer
type HandleFor = (visit: Visit, deps: ManagementDeps, viewer: Viewer) => Answer

export type PageRoute = readonly ['GET' | 'POST', path: string, handle: Handle]
/** Of somebody who is signed in; `enrolling`: also who may do nothing else before they have a second factor. */
type OwnRoute = readonly ['GET' | 'POST', path: string, handle: HandleFor, who: 'signedIn' | 'enrolling']

// biome-ignore format: a table
const pages: readonly (PageRoute | OwnRoute)[] = [
  ['GET',  '/login',                         showLogin],
  ['POST', '/login',                         takeLogin],
  ['POST', '/login/code',                    takeCode],
  ['GET',  '/login/passkey',                 showPasskeyLogin],
  ['POST', '/login/passkey',                 takePasskeyLogin],
  ['POST', '/logout',                        signOut],
  ['GET',  '/language',                      chooseLanguage],
  ['GET',  '/theme',                         chooseTheme],
  ['GET',  '/register',                      showRegister],
  ['POST', '/register',                      takeRegister],
  ['GET',  '/forgot',                        showForgot],
  ['POST', '/forgot',                        takeForgot],
  ['GET',  '/account',                       showAccount,        'signedIn'],
  ['POST', '/account/profile',               takeProfile,        'signedIn'],
  ['POST', '/account/password',              takePassword,       'signedIn'],
  ['POST', '/account/sessions/end',          takeSessions,       'signedIn'],
  ['POST', '/account/apps/withdraw',         withdraw,           'signedIn'],
  ['GET',  '/account/passkeys',              showPasskeys,       'signedIn'],
  ['POST', '/account/passkeys',              beginPasskey,       'signedIn'],
  ['POST', '/account/passkeys/add',          takePasskey,        'signedIn'],
  ['POST', '/account/passkeys/change',       changePasskey,      'signedIn'],
  ['GET',  '/account/second-factor',         showSecondFactor,   'enrolling'],
  ['POST', '/account/second-factor',         beginSecondFactor,  'enrolling'],
  ['POST', '/account/second-factor/confirm', takeFirstCode,      'enrolling'],
  ['POST', '/account/second-factor/remove',  removeSecondFactor, 'signedIn'],
  ['GET',  '/account/second-factor/recovery', showRecoveryCodes, 'signedIn'],
  ['POST', '/account/second-factor/recovery', replaceCodes,      'signedIn'],
]

export const pagePaths = pages.map(([method, path, , who]) => [method, path, who === undefined ? 'anyone' : 'signedIn'] as const)

/** No form of ours has more. */
const formBytesMax = 64 * 1024

/** `more` are pages of other faces in the same layout. */
export function servePages(server: FastifyInstance, deps: ManagementDeps, more: readonly PageRoute[]): void {
  for (const { path, type, text } of [style, darkStyle, passkeyScript]) {
    server.get(path, (_, reply) =>
      reply.type(`${type}; charset=utf-8`).header('cache-control', 'public, max-age=31536000, immutable').send(text),
    )
  }
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: formBytesMax } as const
    scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_, body, done) => done(null, body))
    scope.setErrorHandler(answerTrouble)
    for (const row of [...pages, ...more]) {
      const [method, path] = row
      scope.route({
        method,
        url: path,
        bodyLimit: formBytesMax,
        config: { accepts: 'application/x-www-form-urlencoded' },
        handler: async (request, reply) => {
          const visit = openVisit(request, reply, deps)
          const answer = row.length === 3 ? await row[2](visit, deps) : await handleFor(visit, deps, row)
          return 'goto' in answer ? reply.headers(pageFields).redirect(answer.goto, 303) : sendPage(answer, visit.request, reply)
        },
      })
    }
  })
}

/** Whoever is not signed in does that first. */
async function handleFor(visit: Visit, deps: ManagementDeps, [, , handle, who]: OwnRoute): Promise<Page | Goto> {
  const { request } = visit
  const viewer = await sessionOf(request, deps, who === 'enrolling')
  if (viewer) return handle(visit, deps, viewer)
  return { goto: `/login${andBack(request)}` }
}

/** So that somebody who has to do something else first comes back. */
const andBack = ({ method, url }: FastifyRequest) => `?${new URLSearchParams({ return: method === 'GET' ? url : '/account' })}`

function sendPage(page: Page, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageAsked(request)
  return reply
    .code(page.status ?? 200)
    .type('text/html; charset=utf-8')
    .headers(fieldsOf(page, language))
    .send(around(page, { language, words: wordsOf(language), theme: themeChosen(request.cookies[themeCookie]), here: hereOf(request) }))
}

/** Where the page can be asked for again: a form may be sent to where no page is; then it is the one above. */
function hereOf({ method, url, routeOptions, server }: FastifyRequest): string {
  if (method === 'GET') return url
  const [path = '/'] = url.split('?')
  if (server.hasRoute({ method: 'GET', url: routeOptions.url! })) return path
  const isShown = (above: string) => pages.some(([method, path]) => method === 'GET' && path === above)
  let above = path
  while (above !== '' && !isShown(above)) above = above.slice(0, above.lastIndexOf('/'))
  return above === '' ? '/' : above
}

function answerTrouble(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error, request)
  if (name === 'otp_enrolment_required') return void reply.headers(pageFields).redirect(`/account/second-factor${andBack(request)}`, 303)
  const { status } = faults[name]
  if (status >= 500) request.log.error({ err: error, fault: name }, 'request failed')
  const language = languageAsked(request)
  const words = wordsOf(language)
  const said = name === 'cross_site_request' ? words('crossSite') : explain(name, detail, language)
  const retryAfter = retryAfterOf(name, detail)
  const body = html`<h1>${words('notHere')}</h1>
<p class="notice bad" role="alert">${said}</p>
<p class="quiet small">${words('requestId', { requestId: request.id })}</p>
<p><a href="${name === 'form_expired' ? hereOf(request) : '/'}">${words(name === 'form_expired' ? 'goOn' : 'backHome')}</a></p>`
  const fields: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  sendPage({ status, title: words('notHere'), cards: [body], fields }, request, reply)
}
