// /account/second-factor: setting up one-time codes, by the password and a first code; the recovery codes, shown once, and others in their
// place; and the way out again.

import { noteAct } from '#core/audit/audit.store.ts'
import { fault } from '#core/fault.ts'
import { countRecoveryCodes, deleteSecondFactor } from '#core/user/second-factor.store.ts'
import {
  beginEnrolment,
  confirmEnrolment,
  type Enrolment,
  enrolmentUnderWay,
  hasSecondFactor,
  renewRecoveryCodes,
} from '#core/user/second-factor.ts'
import { proveAgain } from '#core/user/sign-in.ts'
import { findUser } from '#core/user/user.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { mustEnrol } from '#edge/session.ts'
import type { PageWord } from '#text/pages.en.ts'
import { type Field, inputsOf, passwordTroubleOf, retryFields, type Trouble, troubleOf } from './form.ts'
import { type Html, html } from './html.ts'
import { ownPath } from './own-path.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import { actorOf, type Visit } from './visit.ts'

export async function showSecondFactor(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page> {
  return (await hasSecondFactor(deps.db, viewer.userId)) ? removalPage(visit, deps, viewer) : beginningPage(visit, deps, viewer)
}

export async function beginSecondFactor(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page> {
  try {
    await proveAgainBy(visit, deps, viewer)
    const own = { ...deps, db: deps.dbAs(actorOf(visit, viewer)) }
    return await qrPage(visit, await beginEnrolment(own, viewer.userId, viewer.username))
  } catch (error) {
    return beginningPage(visit, deps, viewer, passwordTroubleOf(error, visit))
  }
}

export async function takeFirstCode(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  try {
    const own = { ...deps, db: deps.dbAs(actorOf(visit, viewer)) }
    return codesPage(visit, 'factorDone', await confirmEnrolment(own, viewer.userId, viewer.sessionId, visit.form.otp ?? ''))
  } catch (error) {
    const trouble = troubleOf(error, visit)
    const underWay = await enrolmentUnderWay(deps, viewer.userId, viewer.username)
    return underWay
      ? qrPage(visit, underWay, { ...trouble, field: 'otp' })
      : { goto: `/account/second-factor?${new URLSearchParams({ return: goingOn(visit) })}` }
  }
}

export async function removeSecondFactor(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  try {
    await proveAgainBy(visit, deps, viewer)
    await deleteSecondFactor(deps.dbAs(actorOf(visit, viewer)), viewer.userId)
    return { goto: '/account?done=factorRemoved' }
  } catch (error) {
    return removalPage(visit, deps, viewer, passwordTroubleOf(error, visit))
  }
}

export async function showRecoveryCodes(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  return (await hasSecondFactor(deps.db, viewer.userId)) ? recoveryPage(visit, deps, viewer) : { goto: '/account/second-factor' }
}

export async function replaceCodes(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  try {
    await proveAgainBy(visit, deps, viewer)
    const codes = await deps.dbAs(actorOf(visit, viewer)).transaction(async (tx) => {
      const codes = await renewRecoveryCodes({ ...deps, db: tx }, viewer.userId)
      if (codes) await noteAct(tx, { kind: 'second_factor', subject: viewer.userId, after: { recovery_codes: 'replaced' } })
      return codes
    })
    return codes ? codesPage(visit, 'recoveryReplaced', codes) : { goto: '/account/second-factor' }
  } catch (error) {
    return recoveryPage(visit, deps, viewer, passwordTroubleOf(error, visit))
  }
}

/** A session that somebody left open is not enough for this. */
export async function proveAgainBy({ form, client }: Visit, deps: ManagementDeps, viewer: Viewer): Promise<void> {
  const user = await findUser(deps.db, viewer.userId)
  if (!user) throw fault('unauthorized')
  await proveAgain(deps, user, { text: form.password ?? '', keyId: undefined }, client.address, async () => undefined)
}

const passwordField = ({ words }: Visit): Field => ({
  name: 'password',
  label: words('password'),
  type: 'password',
  autocomplete: 'current-password',
})
const goingOn = ({ query, form }: Visit) => ownPath(query.return ?? form.return) ?? '/account'
const hiddenReturn = (visit: Visit) => html`<input type="hidden" name="return" value="${goingOn(visit)}">`

function pageOf({ words }: Visit, title: PageWord, body: Html, trouble?: Trouble): Page {
  const card = html`<h1>${words('secondFactor')}</h1>
${body}`
  return { status: trouble?.status ?? 200, title: words(title), cards: [card], fields: retryFields(trouble) }
}

function beginningPage(visit: Visit, { config }: ManagementDeps, viewer: Viewer, trouble?: Trouble): Page {
  const { words, token } = visit
  const isAsked = mustEnrol(viewer, config)
  return pageOf(
    visit,
    'factorSetUp',
    html`${isAsked && html`<p class="notice">${words('factorAsked')}</p>`}<p>${words('factorWhy')}</p>
<form method="post" action="/account/second-factor">
${token}${hiddenReturn(visit)}
${inputsOf([passwordField(visit)], trouble)}
<button class="main">${words('factorBegin')}</button>
</form>
<p class="beside">${isAsked ? signOut(visit) : backToAccount(visit)}</p>`,
    trouble,
  )
}

async function qrPage(visit: Visit, { secret, uri }: Enrolment, trouble?: Trouble): Promise<Page> {
  const { words, token } = visit
  // Loaded when somebody sets one up, which is rare.
  const { default: qr } = await import('qrcode')
  const picture = Buffer.from(await qr.toString(uri, { type: 'svg', margin: 2 })).toString('base64')
  const field: Field = { name: 'otp', label: words('code'), autocomplete: 'one-time-code', inputmode: 'numeric' }
  return pageOf(
    visit,
    'factorScanTitle',
    html`<p>${words('factorScan')}</p>
<p><img class="qr" src="data:image/svg+xml;base64,${picture}" alt="${words('factorPicture')}"></p>
<p class="small quiet">${words('factorSecret')} <code>${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
<form method="post" action="/account/second-factor/confirm">
${token}${hiddenReturn(visit)}
${inputsOf([field], trouble, 'otp')}
<button class="main">${words('factorConfirm')}</button>
</form>`,
    trouble,
  )
}

function codesPage(visit: Visit, done: PageWord, codes: readonly string[]): Page {
  const { words } = visit
  return pageOf(
    visit,
    'recoveryCodes',
    html`<p class="notice good" role="status">${words(done)}</p>
<p>${words('recoveryWhy')}</p>
<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p><a class="button wide" download="kaimen-recovery-codes.txt" href="data:text/plain,${encodeURIComponent(codes.join('\r\n'))}">${words('recoverySave')}</a></p>
<p><a class="button main" href="${goingOn(visit)}">${words('goOn')}</a></p>`,
  )
}

async function removalPage(visit: Visit, deps: ManagementDeps, viewer: Viewer, trouble?: Trouble): Promise<Page> {
  const { words, token } = visit
  const left = await countRecoveryCodes(deps.db, viewer.userId)
  return pageOf(
    visit,
    'factorTurnOff',
    html`<p>${words('factorIsOn')} ${words('recoveryLeft', { left })}</p>
<form method="post" action="/account/second-factor/remove">
${token}
${inputsOf([passwordField(visit)], trouble)}
<button class="danger">${words('factorRemove')}</button>
</form>
<p class="beside">${backToAccount(visit)}</p>`,
    trouble,
  )
}

async function recoveryPage(visit: Visit, deps: ManagementDeps, viewer: Viewer, trouble?: Trouble): Promise<Page> {
  const { words, token } = visit
  const left = await countRecoveryCodes(deps.db, viewer.userId)
  return pageOf(
    visit,
    'recoveryCodes',
    html`<p>${words('recoveryLeft', { left })} ${words('recoveryReplaceWhy')}</p>
<form method="post" action="/account/second-factor/recovery">
${token}
${inputsOf([passwordField(visit)], trouble)}
<button class="main">${words('recoveryReplace')}</button>
</form>
<p class="beside">${backToAccount(visit)}</p>`,
    trouble,
  )
}

const backToAccount = ({ words }: Visit) => html`<a href="/account">${words('backToAccount')}</a>`
export const signOut = ({ words, token }: Visit) =>
  html`<form method="post" action="/logout">${token}<button>${words('signOut')}</button></form>`
