// /login/passkey, and /account/passkeys: signing in by a passkey, and one's own. The only pages with a script, which browsers want for it.

import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { fault } from '#core/fault.ts'
import { deletePasskey, passkeysOf, renamePasskey } from '#core/user/passkey.store.ts'
import { type Asked, addKey, askForKey, askForNewKey, type Place, proveKey } from '#core/user/passkey.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { cookieOf, passkeyPlace, setCookie } from '#edge/session.ts'
import { toWireTime } from '#lib/time.ts'
import type { PageWord } from '#text/pages.en.ts'
import { inputsOf, passwordTroubleOf, retryFields, type Trouble, troubleOf } from './form.ts'
import { type Html, html } from './html.ts'
import { enter, leadsOut } from './login.ts'
import { ownPath } from './own-path.ts'
import { proveAgainBy } from './second-factor.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import { actorOf, type Visit } from './visit.ts'

export async function showPasskeyLogin(visit: Visit, deps: ManagementDeps): Promise<Page> {
  return loginPage(visit, deps, ownPath(visit.query.return) ?? '/')
}

export async function takePasskeyLogin(visit: Visit, deps: ManagementDeps): Promise<Page | Goto> {
  const goTo = ownPath(visit.form.return) ?? '/'
  try {
    const answer = { challengeId: challengeIdOf(visit, deps), response: credentialOf<AuthenticationResponseJSON>(visit) }
    return await enter(visit, deps, await proveKey(deps, answer, placeOf(visit, deps), visit.client.address), goTo)
  } catch (error) {
    return loginPage(visit, deps, goTo, troubleOf(error, visit))
  }
}

export async function showPasskeys(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page> {
  return passkeysPage(visit, deps, viewer)
}

/** The password first, as for the other ways in; then the page that asks the device. */
export async function beginPasskey(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page> {
  try {
    await proveAgainBy(visit, deps, viewer)
    const asked = await askForNewKey(deps, viewer, placeOf(visit, deps), visit.client.address)
    return creationPage(visit, deps, asked)
  } catch (error) {
    return passkeysPage(visit, deps, viewer, passwordTroubleOf(error, visit))
  }
}

export async function takePasskey(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  const own = { ...deps, db: deps.dbAs(actorOf(visit, viewer)) }
  try {
    const answer = { challengeId: challengeIdOf(visit, deps), response: credentialOf<RegistrationResponseJSON>(visit) }
    await addKey(own, viewer.userId, nameOf(visit), answer, placeOf(visit, deps))
    return { goto: '/account/passkeys?done=passkey' }
  } catch (error) {
    return passkeysPage(visit, deps, viewer, troubleOf(error, visit))
  }
}

export async function changePasskey(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Goto> {
  const { id = '', action } = visit.form
  const db = deps.dbAs(actorOf(visit, viewer))
  if (!/^[\w-]{1,2000}$/.test(id)) throw fault('malformed_request')
  if (action === 'remove') await deletePasskey(db, viewer.userId, id)
  else await renamePasskey(db, viewer.userId, id, nameOf(visit))
  return { goto: `/account/passkeys?done=${action === 'remove' ? 'removed' : 'renamed'}` }
}

/** What the person calls it: one line that PostgreSQL can hold. */
const nameOf = ({ form, words }: Visit) =>
  (form.name ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim()
    .slice(0, 64) || words('passkey')

function placeOf({ request }: Visit, { config }: ManagementDeps): Place {
  const place = passkeyPlace(request, config)
  if (!place) throw fault('passkey_invalid')
  return place
}

/** Bound to the browser by a cookie, which is gone with the answer. */
function challengeIdOf({ request, reply }: Visit, { config }: ManagementDeps): string | undefined {
  const id = cookieOf(request, config, 'challenge')
  setCookie(reply, config, 'challenge', undefined)
  return id
}

function credentialOf<Response>({ form }: Visit): Response {
  try {
    const credential = JSON.parse(form.credential ?? '')
    if (typeof credential === 'object' && credential !== null && typeof credential.response === 'object') return credential
  } catch {
    // Answered below, as for every other text.
  }
  throw fault('passkey_invalid')
}

async function loginPage(visit: Visit, deps: ManagementDeps, goTo: string, trouble?: Trouble): Promise<Page> {
  const { words } = visit
  const place = passkeyPlace(visit.request, deps.config)
  const asked = place && (await askForKey(deps, place, visit.client.address))
  if (asked) setCookie(visit.reply, deps.config, 'challenge', asked.challengeId)
  const hidden = html`<input type="hidden" name="return" value="${goTo}">`
  const card = html`<h1>${words('passkeySignIn')}</h1>
${asked ? deviceForm(visit, 'get', '/login/passkey', asked, hidden, words('passkeyUse'), trouble) : html`<p class="notice">${words('passkeyNowhere')}</p>`}
<p class="beside"><a href="/login?${new URLSearchParams({ return: goTo }).toString()}">${words('passwordInstead')}</a></p>`
  const fields = retryFields(trouble)
  return { status: trouble?.status ?? 200, title: words('passkeySignIn'), cards: [card], hasScript: true, leadsOut: leadsOut(goTo), fields }
}

function creationPage(visit: Visit, deps: ManagementDeps, asked: Asked): Page {
  const { words } = visit
  setCookie(visit.reply, deps.config, 'challenge', asked.challengeId)
  const card = html`<h1>${words('passkeyAdd')}</h1>
<p>${words('passkeyWhy')}</p>
${deviceForm(visit, 'create', '/account/passkeys/add', asked, html`<input type="hidden" name="name" value="${nameOf(visit)}">`, words('passkeyAdd'))}
<p class="beside"><a href="/account/passkeys">${words('goBack')}</a></p>`
  return { title: words('passkeyAdd'), cards: [card], hasScript: true }
}

function deviceForm(
  { words, token }: Visit,
  kind: 'create' | 'get',
  action: string,
  asked: Asked,
  hidden: Html,
  label: string,
  trouble?: Trouble,
): Html {
  return html`<noscript><p class="notice">${words('passkeyScript')}</p></noscript>
<p class="notice bad" id="passkey-said" role="alert" tabindex="-1" hidden>${words('passkeyFailed')}</p>
<form method="post" action="${action}" data-passkey="${kind}" data-options="${JSON.stringify(asked.options)}">
${token}${hidden}<input type="hidden" name="credential" value="">
${inputsOf([], trouble)}
<button class="main" disabled>${label}</button>
</form>`
}

const doneWords: Record<string, PageWord> = { passkey: 'donePasskey', renamed: 'doneProfile', removed: 'donePasskeyRemoved' }

async function passkeysPage(visit: Visit, deps: ManagementDeps, viewer: Viewer, trouble?: Trouble): Promise<Page> {
  const { words, token, query } = visit
  const rows = (await passkeysOf(deps.db, viewer.userId)).map(({ id, name, createdAt }, at) => {
    return html`<li><form class="inline" method="post" action="/account/passkeys/change">${token}<input type="hidden" name="id" value="${id}"><label class="quiet small" for="name-${at}">${words('name')} · ${toWireTime(createdAt, deps.config.timeZone)}</label><input id="name-${at}" name="name" value="${name}" required><button>${words('save')}</button><button class="danger" name="action" value="remove" formnovalidate aria-label="${words('remove')}: ${name}">${words('remove')}</button></form></li>`
  })
  const fields = [
    { name: 'name', label: words('passkeyName'), optional: true },
    { name: 'password', label: words('password'), type: 'password', autocomplete: 'current-password' },
  ] as const
  const done = doneWords[query.done ?? '']
  const canAdd = passkeyPlace(visit.request, deps.config) !== undefined
  const card = html`<h1>${words('passkeys')}</h1>
${done && html`<p class="notice good" role="status">${words(done)}</p>`}<p>${words('passkeyWhy')}</p>
${rows.length > 0 && html`<ul class="rows">${rows}</ul>`}
${
  canAdd
    ? html`<h2>${words('passkeyAdd')}</h2>
<form method="post" action="/account/passkeys">
${token}
${inputsOf(fields, trouble)}
<button>${words('passkeyAdd')}</button>
</form>`
    : html`<p class="notice">${words('passkeyNowhere')}</p>`
}
<p class="beside"><a href="/account">${words('backToAccount')}</a></p>`
  return { status: trouble?.status ?? 200, title: words('passkeys'), cards: [card], fields: retryFields(trouble) }
}
