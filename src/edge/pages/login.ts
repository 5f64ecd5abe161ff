// GET and POST /login, POST /logout: the way in for people, whichever face they want to see then (settled A19, E5, F3).

import type { Fault } from '#core/fault.ts'
import { newCaptcha } from '#core/user/captcha.ts'
import { hasSecondFactor } from '#core/user/second-factor.ts'
import { endSession } from '#core/user/session.store.ts'
import { type Admitted, beginSession, pauseSignIn, provePassword, proveSecondFactor, resumeSignIn } from '#core/user/sign-in.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { login as loginEndpoint } from '#edge/management/login.ts'
import { parse } from '#edge/management/serve.ts'
import { cookieOf, holderOf, mustEnrol, passkeyPlace, sessionOf, setCookie } from '#edge/session.ts'
import type { PageWord } from '#text/pages.en.ts'
import { type Field, inputsOf, retryFields, type Trouble, troubleOf } from './form.ts'
import { type Html, html } from './html.ts'
import { ownPath } from './own-path.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import { actorOf, type Visit } from './visit.ts'

export async function showLogin(visit: Visit, deps: ManagementDeps): Promise<Page> {
  const viewer = await sessionOf(visit.request, deps, true)
  return loginPage(visit, deps, { goTo: ownPath(visit.query.return) ?? '/', viewer, done: doneWords[visit.query.done ?? ''] })
}

/** A password comes plain here, whatever KAIMEN_PASSWORD_TRANSPORT says to programs: a page that needs no script cannot encrypt. */
export async function takeLogin(visit: Visit, deps: ManagementDeps): Promise<Page | Goto> {
  const { form, client } = visit
  const goTo = ownPath(form.return) ?? '/'
  try {
    const { username, password, captchaId, verfiyCode } = parse(loginEndpoint.body, form, visit.language) as Sent
    const captcha = captchaId && verfiyCode ? { id: captchaId, answer: verfiyCode } : undefined
    const proven = await provePassword(deps, { login: username, password: { text: password, keyId: undefined }, captcha }, client)
    if (!(await hasSecondFactor(deps.db, proven.userId))) return await enter(visit, deps, { ...proven, method: 'password' }, goTo)
    setCookie(visit.reply, deps.config, 'signIn', pauseSignIn(deps, proven))
    return codePage(visit, goTo)
  } catch (error) {
    const trouble = troubleOf(error, visit)
    const name = (error as Fault).fault
    const needsCaptcha = name === 'captcha_required' || name === 'captcha_invalid' || form.captchaId !== undefined
    const captcha = needsCaptcha ? await newCaptcha(deps, client.address, deps.config.captchaTestAnswer, deps.now()) : undefined
    return loginPage(visit, deps, { goTo, username: form.username, captcha, trouble: inPageWords(visit, trouble, name) })
  }
}

/** The second step, for those who have a second factor. Nothing that they could hold in between is a session. */
export async function takeCode(visit: Visit, deps: ManagementDeps): Promise<Page | Goto> {
  const { form, client } = visit
  const goTo = ownPath(form.return) ?? '/'
  const paused = cookieOf(visit.request, deps.config, 'signIn')
  const proven = paused === undefined ? undefined : await resumeSignIn(deps, paused, client)
  if (!proven) return { goto: `/login?${new URLSearchParams({ return: goTo, done: 'late' })}` }
  try {
    return await enter(visit, deps, await proveSecondFactor(deps, proven, form.otp ?? ''), goTo)
  } catch (error) {
    return codePage(visit, goTo, troubleOf(error, visit))
  }
}

export async function signOut(visit: Visit, deps: ManagementDeps): Promise<Goto> {
  const viewer = await sessionOf(visit.request, deps, true)
  if (viewer) await endSession(deps.dbAs(actorOf(visit, viewer)), viewer.sessionId)
  setCookie(visit.reply, deps.config, 'session', undefined)
  return { goto: '/login' }
}

/**
 * The browser holds a session from now on. The one that it had before ends, and what its forms were bound to goes: whoever gave it to this
 * browser has nothing by it.
 */
export async function enter({ request, reply, client }: Visit, deps: ManagementDeps, admitted: Admitted, goTo: string): Promise<Goto> {
  const { config } = deps
  const token = await beginSession(deps, admitted, client)
  const before = cookieOf(request, config, 'session')
  const holder = before === undefined ? undefined : await holderOf(before, deps)
  if (holder) await endSession(deps.db, holder.sessionId)
  setCookie(reply, config, 'session', token)
  setCookie(reply, config, 'form', undefined)
  setCookie(reply, config, 'signIn', undefined)
  const viewer = await holderOf(token, deps)
  return { goto: viewer && mustEnrol(viewer, config) ? `/account/second-factor?${new URLSearchParams({ return: goTo })}` : goTo }
}

interface Sent {
  readonly username: string
  readonly password: string
  readonly captchaId?: string | null
  readonly verfiyCode?: string | null
}

interface Shown {
  readonly goTo: string
  readonly viewer?: Viewer | undefined
  readonly username?: string | undefined
  readonly captcha?: { readonly captchaId: string; readonly image: string } | undefined
  readonly trouble?: Trouble
  readonly done?: PageWord | undefined
}

/** What was done before somebody came here. */
const doneWords: Record<string, PageWord> = { registered: 'doneRegistered', reset: 'doneReset', late: 'tooLate' }

function loginPage(visit: Visit, { config }: ManagementDeps, { goTo, viewer, username, captcha, trouble, done }: Shown): Page {
  const { words, token } = visit
  const fields: Field[] = [
    { name: 'username', label: words('login'), value: username ?? '', autocomplete: 'username' },
    { name: 'password', label: words('password'), type: 'password', autocomplete: 'current-password' },
    ...(captcha ? [captchaField(visit, captcha.image)] : []),
  ]
  const focused = trouble ? (username ? 'password' : 'username') : viewer ? undefined : 'username'
  const hasPasskeys = passkeyPlace(visit.request, config) !== undefined
  const goingOn = goTo === '/' ? '' : `?${new URLSearchParams({ return: goTo })}`
  const card = html`<h1>${words('signInTo')}</h1>
${done && html`<p class="notice" role="status">${words(done)}</p>`}${viewer && alreadyIn(visit, viewer, goTo)}
<form method="post" action="/login">
${token}<input type="hidden" name="return" value="${goTo}">${captcha && html`<input type="hidden" name="captchaId" value="${captcha.captchaId}">`}
${inputsOf(fields, trouble, focused)}
<button class="main">${words('signIn')}</button>
</form>
${hasPasskeys && html`<p class="beside"><a class="button wide" href="/login/passkey${goingOn}">${words('passkeySignIn')}</a></p>`}
<p class="beside"><a href="/forgot">${words('forgot')}</a><a href="/register${goingOn}">${words('register')}</a></p>`
  return {
    status: trouble?.status ?? 200,
    title: words('signIn'),
    cards: [card],
    leadsOut: leadsOut(goTo),
    fields: retryFields(trouble),
  }
}

function codePage({ words, token }: Visit, goTo: string, trouble?: Trouble): Page {
  const field: Field = { name: 'otp', label: words('code'), hint: words('codeHint'), autocomplete: 'one-time-code' }
  const card = html`<h1>${words('secondFactor')}</h1>
<form method="post" action="/login/code">
${token}<input type="hidden" name="return" value="${goTo}">
${inputsOf([field], trouble && { ...trouble, field: 'otp' }, 'otp')}
<button class="main">${words('signIn')}</button>
</form>
<p class="beside"><a href="/login?${new URLSearchParams({ return: goTo }).toString()}">${words('asSomebodyElseShort')}</a></p>`
  const status = trouble?.status ?? 200
  return { status, title: words('code'), cards: [card], leadsOut: leadsOut(goTo), fields: retryFields(trouble) }
}

/** An app's sign-in ends at the app. */
export const leadsOut = (goTo: string) => goTo.startsWith('/oauth/')

function captchaField({ words }: Visit, image: string): Field {
  const before = html`<img class="captcha" src="${image}" alt="${words('captchaPicture')}">`
  return { name: 'verfiyCode', label: words('captcha'), autocomplete: 'off', before }
}

function alreadyIn({ words }: Visit, viewer: Viewer, goTo: string): Html {
  return html`<div class="notice"><p>${words('alreadyIn', { username: viewer.username })}</p><a class="button" href="${goTo}">${words('goOn')}</a></div>
<p class="quiet">${words('asSomebodyElse')}</p>`
}

/** The words of the API tell a program what to send. */
function inPageWords({ words }: Visit, trouble: Trouble, name: Fault['fault']): Trouble {
  if (name === 'captcha_required') return { ...trouble, text: words('captchaNeeded') }
  if (name === 'captcha_invalid') return { ...trouble, text: words('captchaWrong'), field: 'verfiyCode' }
  return trouble
}
