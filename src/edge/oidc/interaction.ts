// What a person is asked on the way back to an app: who they are, and what the app may do (settled A19). The question is the library's and
// belongs to this browser by a cookie of its path; who answers is known by the platform's session.

import { errors, type Provider } from 'oidc-provider'
import { findOAuthClient } from '#core/oauth/client.store.ts'
import { keepConsent } from '#core/oauth/consent.store.ts'
import { type Scope, scopes } from '#core/oauth/scope.ts'
import { findUser } from '#core/user/user.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { type Html, html } from '#edge/pages/html.ts'
import { logoOf } from '#edge/pages/logo.ts'
import type { Goto } from '#edge/pages/serve.ts'
import type { Page } from '#edge/pages/shell.ts'
import { actorOf, type Visit } from '#edge/pages/visit.ts'
import { sessionOf } from '#edge/session.ts'
import { interactionPath } from './routes.ts'

type Question = Awaited<ReturnType<Provider['interactionDetails']>>

export async function showQuestion(visit: Visit, deps: ManagementDeps, provider: Provider): Promise<Page | Goto> {
  const question = await questionOf(visit, provider)
  if (!question) return tooLate(visit)
  return question.prompt.name === 'consent' ? consentPage(visit, question, deps) : signIn(visit, question, deps, provider)
}

export async function takeAnswer(visit: Visit, deps: ManagementDeps, provider: Provider): Promise<Page | Goto> {
  const question = await questionOf(visit, provider)
  if (question?.prompt.name !== 'consent') return tooLate(visit)
  if (visit.form.decision === 'deny') {
    return finish(visit, provider, { error: 'access_denied', error_description: 'the person did not allow it' })
  }
  if (visit.form.decision !== 'allow') return consentPage(visit, question, deps)
  const accountId = question.session!.accountId
  const { client_id: clientId } = question.params as { client_id: string }
  const grant = new provider.Grant({ accountId, clientId })
  const asked = askedScopes(question)
  grant.addOIDCScope(asked.join(' '))
  const user = await findUser(deps.db, Number(accountId))
  const actor = actorOf(visit, user && { userId: user.id, username: user.username })
  await keepConsent(deps.dbAs(actor), Number(accountId), clientId, asked, deps.now())
  return finish(visit, provider, { consent: { grantId: await grant.save() } })
}

/** Undefined when it was answered, is too old, or was put to another browser. */
async function questionOf({ request, reply }: Visit, provider: Provider): Promise<Question | undefined> {
  try {
    const question = await provider.interactionDetails(request.raw, reply.raw)
    return question.uid === (request.params as { uid: string }).uid ? question : undefined
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined
    throw error
  }
}

async function finish({ request, reply }: Visit, provider: Provider, result: Record<string, unknown>): Promise<Goto> {
  return { goto: await provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: !('error' in result) }) }
}

async function signIn(visit: Visit, question: Question, deps: ManagementDeps, provider: Provider): Promise<Page | Goto> {
  const viewer = await sessionOf(visit.request, deps)
  const here = `${interactionPath}/${question.uid}?seen=1`
  if (viewer && willDo(viewer, question)) {
    const ts = Math.floor(viewer.signedInAt.getTime() / 1000)
    return finish(visit, provider, { login: { accountId: String(viewer.userId), ts, signIn: viewer.sessionId } })
  }
  // The session's cookie is not sent where another site's link led; from a page of ours it is.
  if (!viewer && visit.query.seen === undefined) return hop(visit, here)
  return { goto: `/login?${new URLSearchParams({ return: here })}` }
}

/** An app may want somebody to sign in once more (prompt=login, max_age), or somebody else (id_token_hint). */
function willDo({ userId, signedInAt }: Viewer, { prompt, session }: Question): boolean {
  const { askedAt, max_age: maxAge } = prompt.details as { askedAt: number; max_age?: string }
  return prompt.reasons.every((reason) => {
    if (reason === 'no_session' || reason === 'sign_in_ended') return true
    if (reason === 'max_age') return signedInAt.getTime() >= askedAt - Number(maxAge) * 1000
    if (reason === 'id_token_hint' && session?.accountId !== String(userId)) return true
    return signedInAt.getTime() > askedAt
  })
}

function hop({ words }: Visit, here: string): Page {
  const card = html`<p><a class="button" href="${here}">${words('goOn')}</a></p>`
  return { title: words('signIn'), cards: [card], fields: { refresh: `0; url=${here}` } }
}

async function consentPage({ words, token }: Visit, question: Question, deps: ManagementDeps): Promise<Page> {
  const { client_id: clientId, redirect_uri: redirectUri } = question.params as { client_id: string; redirect_uri: string }
  const app = await findOAuthClient(deps.db, clientId, deps.now())
  const user = await findUser(deps.db, Number(question.session!.accountId))
  const facts = { app: app?.name ?? clientId, username: user?.username, place: placeOf(redirectUri) }
  const card = html`${app && logoOf(app)}<h1>${words('asksFor', facts)}</h1>
<p>${words('wouldBeAllowed', facts)}</p>
<ul class="scopes">
${askedScopes(question).map((scope) => html`<li>${words(`scope ${scope}`)}</li>`)}
</ul>
<p class="quiet">${words('leadsTo', facts)}</p>
<form method="post" action="${interactionPath}/${question.uid}">
${token}
<button class="main" name="decision" value="allow">${words('allow')}</button>
<p class="beside"><button class="wide" name="decision" value="deny">${words('deny')}</button></p>
</form>`
  return { title: words('asksFor', facts), cards: [card], leadsOut: true }
}

function askedScopes({ params }: Question): Scope[] {
  const asked = new Set(String(params.scope ?? '').split(' '))
  return scopes.filter((scope) => asked.has(scope))
}

/** A host, or the scheme of a program's own. */
function placeOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri)
  return host || protocol.slice(0, -1)
}

function tooLate({ words }: Visit): Page {
  const card: Html = html`<h1>${words('notHere')}</h1>
<p class="notice bad" role="alert">${words('askedTooLate')}</p>`
  return { status: 400, title: words('notHere'), cards: [card] }
}
