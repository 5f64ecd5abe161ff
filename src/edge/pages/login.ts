// GET and POST /login, POST /logout: the way in for people, whichever face they want to see then (settled A19, E5, F3).

import type { Fault } from '#core/fault.ts'
import { newCaptcha } from '#core/user/captcha.ts'
import { beginSession, provePassword } from '#core/user/sign-in.ts'
import { endSession, type Viewer } from '#core/user/user.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { login as loginEndpoint } from '#edge/management/login.ts'
import { parse } from '#edge/management/serve.ts'
import { cookieOf, holderOf, sessionOf, setCookie } from '#edge/session.ts'
import { type Field, inputOf, type Trouble, troubleBox, troubleOf } from './form.ts'
import { type Html, html } from './html.ts'
import { ownPath } from './own-path.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import type { Visit } from './visit.ts'

export async function showLogin(visit: Visit, deps: ManagementDeps): Promise<Page> {
  const viewer = await sessionOf(visit.request, deps)
  return loginPage(visit, { goTo: ownPath(visit.query.return) ?? '/', viewer })
}

/** A password comes plain here, whatever KAIMEN_PASSWORD_TRANSPORT says to programs: a page that needs no script cannot encrypt. */
export async function takeLogin(visit: Visit, deps: ManagementDeps): Promise<Page | Goto> {
  const { form, client } = visit
  const goTo = ownPath(form.return) ?? '/'
  try {
    const { username, password, captchaId, verfiyCode } = parse(loginEndpoint.body, form, visit.language) as Sent
    const captcha = captchaId && verfiyCode ? { id: captchaId, answer: verfiyCode } : undefined
    const proven = await provePassword(deps, { login: username, password: { text: password, keyId: undefined }, captcha }, client)
    const token = await beginSession(deps, proven, client)
    await endBefore(visit, deps)
    enter(visit, deps, token)
    return { goto: goTo }
  } catch (error) {
    const trouble = troubleOf(error, visit.language)
    const name = (error as Fault).fault
    const needsCaptcha = name === 'captcha_required' || name === 'captcha_invalid' || form.captchaId !== undefined
    const captcha = needsCaptcha ? await newCaptcha(deps, client.address, deps.config.captchaTestAnswer, deps.now()) : undefined
    return loginPage(visit, { goTo, username: form.username, captcha, trouble: inPageWords(visit, trouble, name) })
  }
}

export async function signOut(visit: Visit, deps: ManagementDeps): Promise<Goto> {
  const viewer = await sessionOf(visit.request, deps)
  if (viewer) await endSession(deps.db, viewer.sessionId)
  setCookie(visit.reply, deps.config, 'session', undefined)
  return { goto: '/login' }
}

/** The browser holds the session from now on. What its forms were bound to before goes, so that nobody who knew it can use it. */
export function enter({ reply }: Visit, { config }: ManagementDeps, token: string): void {
  setCookie(reply, config, 'session', token)
  setCookie(reply, config, 'form', undefined)
}

/** The session that this browser had: whoever gave it to the browser has nothing by it. */
export async function endBefore({ request }: Visit, deps: ManagementDeps): Promise<void> {
  const before = cookieOf(request, deps.config, 'session')
  const holder = before === undefined ? undefined : await holderOf(before, deps)
  if (holder) await endSession(deps.db, holder.sessionId)
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
}

function loginPage(visit: Visit, { goTo, viewer, username, captcha, trouble }: Shown): Page {
  const { words, token } = visit
  const fields: Field[] = [
    { name: 'username', label: words('login'), value: username ?? '', autocomplete: 'username' },
    { name: 'password', label: words('password'), type: 'password', autocomplete: 'current-password' },
    ...(captcha ? [captchaField(visit, captcha.image)] : []),
  ]
  const focused = trouble ? (username ? 'password' : 'username') : viewer ? undefined : 'username'
  const card = html`<h1>${words('signInTo')}</h1>
${viewer && alreadyIn(visit, viewer, goTo)}${troubleBox(
  trouble,
  fields.map(({ name }) => name),
)}
<form method="post" action="/login">
${token}<input type="hidden" name="return" value="${goTo}">${captcha && html`<input type="hidden" name="captchaId" value="${captcha.captchaId}">`}
${fields.map((field) => inputOf(field, trouble, trouble?.field === undefined && field.name === focused))}
<button class="main">${words('signIn')}</button>
</form>`
  return {
    status: trouble?.status ?? 200,
    title: words('signIn'),
    cards: [card],
    leadsOut: goTo.startsWith('/oauth/'),
    fields: trouble?.retryAfter === undefined ? {} : { 'retry-after': trouble.retryAfter },
  }
}

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
