// /account: a person's own page. What it changes is changed by the management API's own rules.

import { fault } from '#core/fault.ts'
import { consentsOf, withdrawConsent } from '#core/oauth/consent.store.ts'
import type { Scope } from '#core/oauth/scope.ts'
import { deviceOf } from '#core/user/device.ts'
import { hasSecondFactor } from '#core/user/second-factor.ts'
import { endSession, endSessions, pageSessions, type SessionRow } from '#core/user/session.store.ts'
import { findUser, type UserRow } from '#core/user/user.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { updatePassword } from '#edge/management/password.ts'
import { editUser } from '#edge/management/user.ts'
import { toWireTime } from '#lib/time.ts'
import type { PageWord } from '#text/pages.en.ts'
import { type Field, inputsOf, passwordTroubleOf, retryFields, type Trouble, troubleOf } from './form.ts'
import { type Html, html } from './html.ts'
import { logoOf } from './logo.ts'
import { signOut } from './second-factor.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import { actorOf, submit, type Visit } from './visit.ts'

/** Which of the forms is shown again, and why. */
interface Wrong {
  readonly form: 'profile' | 'password'
  readonly trouble: Trouble
}

export async function showAccount(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page> {
  return accountPage(visit, deps, viewer)
}

export async function takeProfile(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  const { nikeName = '', phoneNumber = '', email = '', smsCode = '' } = visit.form
  try {
    await submit(editUser, { nikeName, phoneNumber, email, smsCode }, visit, deps, viewer, { id: String(viewer.userId) })
    return { goto: '/account?done=profile' }
  } catch (error) {
    return accountPage(visit, deps, viewer, { form: 'profile', trouble: troubleOf(error, visit) })
  }
}

export async function takePassword(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Page | Goto> {
  const { oldPassword = '', newPassword = '' } = visit.form
  try {
    await submit(
      updatePassword,
      { oldPassword, newPassword },
      visit,
      { ...deps, config: { ...deps.config, passwordTransport: 'any' } },
      viewer,
    )
    return { goto: '/account?done=password' }
  } catch (error) {
    return accountPage(visit, deps, viewer, { form: 'password', trouble: passwordTroubleOf(error, visit, 'oldPassword') })
  }
}

export async function takeSessions(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Goto> {
  const { sessionId } = visit.form
  const db = deps.dbAs(actorOf(visit, viewer))
  if (sessionId === undefined) await endSessions(db, viewer.userId, viewer.sessionId)
  else if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(sessionId)) await endSession(db, sessionId, viewer.userId)
  return { goto: '/account?done=sessions' }
}

export async function withdraw(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Goto> {
  const { appId = '' } = visit.form
  if (/^[0-9A-Za-z]{1,64}$/.test(appId)) await withdrawConsent(deps.dbAs(actorOf(visit, viewer)), viewer.userId, appId, deps.now())
  return { goto: '/account?done=withdrawn' }
}

const doneWords: Record<string, PageWord> = {
  profile: 'doneProfile',
  password: 'donePassword',
  sessions: 'doneSessions',
  withdrawn: 'doneWithdrawn',
  factorRemoved: 'doneFactorRemoved',
}

async function accountPage(visit: Visit, deps: ManagementDeps, viewer: Viewer, wrong?: Wrong): Promise<Page> {
  const { words, query } = visit
  const user = await findUser(deps.db, viewer.userId)
  if (!user) throw fault('unauthorized')
  const done = doneWords[query.done ?? '']
  const hasFactor = await hasSecondFactor(deps.db, viewer.userId)
  const cards = [
    html`<h1>${words('account')}</h1>
${done && html`<p class="notice good" role="status">${words(done)}</p>`}<div class="head"><p>${words('alreadyIn', { username: user.username })}</p>${signOut(visit)}</div>
<p class="beside"><a href="/">${words('toConsole')}</a></p>`,
    profileCard(visit, deps, user, wrong?.form === 'profile' ? wrong.trouble : undefined),
    passwordCard(visit, wrong?.form === 'password' ? wrong.trouble : undefined),
    html`<h2>${words('secondFactor')}</h2>
<p>${words(hasFactor ? 'factorIsOn' : 'factorIsOff')}</p>
${hasFactor && html`<a class="button" href="/account/second-factor/recovery">${words('recoveryReplace')}</a> `}<a class="button" href="/account/second-factor">${words(hasFactor ? 'factorRemove' : 'factorBegin')}</a>`,
    html`<h2>${words('passkeys')}</h2>
<p>${words('passkeyWhy')}</p>
<a class="button" href="/account/passkeys">${words('passkeysManage')}</a>`,
    await sessionsCard(visit, deps, viewer),
    await appsCard(visit, deps, viewer),
  ]
  return { status: wrong?.trouble.status ?? 200, title: words('account'), cards, fields: retryFields(wrong?.trouble) }
}

function profileCard({ words, token, form }: Visit, { config }: ManagementDeps, user: UserRow, trouble?: Trouble): Html {
  const value = (name: string, kept: string | null) => (trouble ? form[name] : (kept ?? '')) ?? ''
  const fields: Field[] = [
    { name: 'nikeName', label: words('nickname'), value: value('nikeName', user.nickname), autocomplete: 'nickname', optional: true },
    { name: 'email', label: words('email'), type: 'email', value: value('email', user.email), autocomplete: 'email', optional: true },
    {
      name: 'phoneNumber',
      label: words('phone'),
      type: 'tel',
      value: value('phoneNumber', user.phoneNumber),
      autocomplete: 'tel',
      optional: true,
    },
  ]
  return html`<h2>${words('profile')}</h2>
<form method="post" action="/account/profile">
${token}
${inputsOf(config.registerSms === 'required' ? fields.slice(0, 2) : fields, trouble)}
<button>${words('save')}</button>
</form>`
}

function passwordCard({ words, token }: Visit, trouble?: Trouble): Html {
  const fields: Field[] = [
    { name: 'oldPassword', label: words('oldPassword'), type: 'password', autocomplete: 'current-password' },
    { name: 'newPassword', label: words('newPassword'), type: 'password', autocomplete: 'new-password', hint: words('passwordForm') },
  ]
  return html`<h2>${words('changePassword')}</h2>
<p class="quiet">${words('changePasswordEnds')}</p>
<form method="post" action="/account/password">
${token}
${inputsOf(fields, trouble)}
<button>${words('changePassword')}</button>
</form>`
}

/** More than a person would look through. */
const sessionsShown = 50

async function sessionsCard(visit: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Html> {
  const { words, token } = visit
  const request = { userId: viewer.userId, idleSeconds: deps.config.sessionIdle, current: 1, size: sessionsShown }
  const { records } = await pageSessions(deps.db, request, deps.now())
  const end = (row: SessionRow) =>
    html`<form method="post" action="/account/sessions/end">${token}<input type="hidden" name="sessionId" value="${row.id}"><button aria-label="${words('endSession')}: ${deviceOf(row.userAgent)}, ${row.address}">${words('endSession')}</button></form>`
  const rows = records.map(
    (
      row,
    ) => html`<li><div><strong>${deviceOf(row.userAgent)}</strong> ${row.id === viewer.sessionId && html`<span class="tag">${words('thisSession')}</span>`}
<p class="quiet small facts"><span>${row.address}</span><span>${toWireTime(row.createdAt, deps.config.timeZone)}</span></p></div>${row.id !== viewer.sessionId && end(row)}</li>`,
  )
  return html`<h2>${words('sessions')}</h2>
<ul class="rows">${rows}</ul>
${records.length > 1 && html`<form method="post" action="/account/sessions/end">${token}<button class="danger">${words('endOthers')}</button></form>`}`
}

/** What the person let apps know, and the way to take it back. */
async function appsCard({ words, token }: Visit, deps: ManagementDeps, viewer: Viewer): Promise<Html> {
  const consents = await consentsOf(deps.db, viewer.userId)
  const rows = consents.map(
    ({ appId, name, logo, scopes, createdAt }) => html`<li>${logoOf({ logo })}<div><strong>${name}</strong>
<p class="quiet small facts"><span>${scopes.map((scope) => words(`scope ${scope as Scope}`)).join(words('and'))}</span><span>${toWireTime(createdAt, deps.config.timeZone)}</span></p></div>
<form method="post" action="/account/apps/withdraw">${token}<input type="hidden" name="appId" value="${appId}"><button aria-label="${words('withdraw')}: ${name}">${words('withdraw')}</button></form></li>`,
  )
  return html`<h2>${words('appsLetIn')}</h2>
${rows.length === 0 ? html`<p class="quiet">${words('noApps')}</p>` : html`<ul class="rows">${rows}</ul>`}`
}
