// Pages that the library shows by itself, in the platform's layout: what went wrong before an app is known to go back to, and signing out.

import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { isConnectionError } from '#db/open.ts'
import { languageChosen, languageCookie, themeChosen, themeCookie } from '#edge/pages/choice.ts'
import { Html, html } from '#edge/pages/html.ts'
import { around, fieldsOf, type Page } from '#edge/pages/shell.ts'
import { explain, type Language, type Words, wordsOf } from '#text/text.ts'

export function showError(ctx: KoaContextWithOIDC, { error, error_description: problem }: ErrorOut, thrown: Error): void {
  const isAway = isConnectionError(thrown)
  show(ctx, (words, language) => ({
    title: words('notHere'),
    cards: [
      html`<h1>${words('notHere')}</h1>
<p class="notice bad" role="alert">${isAway ? explain('database_unavailable', {}, language) : words(error === 'invalid_client' ? 'noSuchClient' : error === 'invalid_redirect_uri' ? 'notItsAddress' : 'askedWrongly')}</p>
${!isAway && html`<p class="quiet small" lang="en">${error}${problem !== undefined && `: ${problem}`}</p>`}`,
    ],
  }))
}

/** `form` has the hidden fields; its buttons are ours. */
export function showSignOut(ctx: KoaContextWithOIDC, form: string): void {
  show(ctx, (words) => ({
    title: words('signOut'),
    cards: [
      html`<h1>${words('signOutAsked')}</h1>
${new Html(form)}
<button class="main" form="op.logoutForm" name="logout" value="yes">${words('signOut')}</button>
<p class="beside"><button class="wide" form="op.logoutForm">${words('staySignedIn')}</button></p>`,
    ],
    leadsOut: true,
  }))
}

export function showSignedOut(ctx: KoaContextWithOIDC): void {
  show(ctx, (words) => ({ title: words('signedOut'), cards: [html`<h1>${words('signedOut')}</h1>`] }))
}

function show(ctx: KoaContextWithOIDC, pageOf: (words: Words, language: Language) => Page): void {
  const kept = (cookie: string) => ctx.cookies.get(cookie, { signed: false })
  const language = languageChosen(kept(languageCookie), ctx.get('accept-language'))
  const words = wordsOf(language)
  const page = pageOf(words, language)
  ctx.set(fieldsOf(page, language))
  ctx.type = 'html'
  ctx.body = around(page, { language, words, theme: themeChosen(kept(themeCookie)), here: ctx.method === 'GET' ? ctx.url : '/' })
}
