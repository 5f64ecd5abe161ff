// What every page has around it: head, mark, language, one card or several. Nothing on it needs JavaScript, and nothing comes from elsewhere.

import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Language, Words } from '#text/text.ts'
import type { Theme } from './choice.ts'
import { type Html, html } from './html.ts'
import { passkeyScript } from './passkey-script.ts'

/** A page as a value; `serve.ts` puts it around and sends it. */
export interface Page {
  readonly status?: number
  readonly title: string
  /** What is in the cards: one, or several on a wide page. */
  readonly cards: readonly Html[]
  /** Fields of the answer besides those that all pages have. */
  readonly fields?: Readonly<Record<string, string>>
  /** Its forms may lead, by redirects, to other sites: after signing in for an app, to the app. */
  readonly leadsOut?: boolean
  /** It asks a device for a passkey. */
  readonly hasScript?: boolean
}

export interface Around {
  readonly language: Language
  readonly words: Words
  readonly theme: Theme
  /** Path and query of this page, for the switches of language and appearance. */
  readonly here: string
}

export const style = sheet('style')
/** Only the colours. */
export const darkStyle = sheet('dark')

/** Named by what it holds, so that a browser may keep it for good. */
function sheet(name: string) {
  const text = readFileSync(new URL(`./${name}.css`, import.meta.url), 'utf8')
  return { path: `/pages/${name}-${hash('sha256', text).slice(0, 12)}.css`, type: 'text/css', text }
}

const mark = html`<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#1677ff"/><path d="M8 25V9.5A1.5 1.5 0 0 1 9.5 8H15v15.5L8 25Zm16 0V9.5A1.5 1.5 0 0 0 22.5 8H18v2.4h3.4V25H24Z" fill="#fff"/><circle cx="12.6" cy="16.4" r="1.1" fill="#1677ff"/></svg>`

export function around({ title, cards, hasScript }: Page, { language, words, theme, here }: Around): string {
  const other = language === 'en' ? 'zh-CN' : 'en'
  const switching = `/language?${new URLSearchParams({ to: other, return: here })}`
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme ?? 'light dark'}">
<title>${title} – ${words('product')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style.path}">
${theme !== 'light' && html`<link rel="stylesheet" href="${darkStyle.path}"${theme === undefined && html` media="(prefers-color-scheme: dark)"`}>`}
${hasScript && html`<script src="${passkeyScript.path}" type="module"></script>`}
</head>
<body>
<header class="top">
<a class="brand" href="/">${mark}<span>${words('product')}</span></a>
<a href="${switching}" lang="${other}" hreflang="${other}">${words('otherLanguage')}</a>
</header>
<main${cards.length > 1 && html` class="wide"`}>
${cards.map((card) => html`<section class="card">\n${card}\n</section>`)}
</main>
<footer>
<p>${words('product')} · ${words('tagline')}</p>
<nav aria-label="${words('theme')}">${themes.map((one) => html`<a href="/theme?${new URLSearchParams({ to: one, return: here }).toString()}"${(theme ?? 'system') === one && html` aria-current="true"`}>${words(`theme ${one}`)}</a>`)}</nav>
</footer>
</body>
</html>
`.text
}

const themes = ['system', 'light', 'dark'] as const

/**
 * Referrers of the `same-origin`: without any, browsers would send forms with `Origin: null`. No policy of openers: an app may have people
 * sign in in a window that it opens, and waits there for it to come back; and on its way through here the browser would cut the two apart.
 */
export const pageFields = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  vary: 'cookie, accept-language',
}

/** The fields of an answer that is this page. */
export function fieldsOf(page: Page, language: Language): Record<string, string> {
  return { ...pageFields, 'content-security-policy': policyOf(page), 'content-language': language, ...page.fields }
}

/** No frame, nothing from elsewhere, and no script but where a device is asked for a passkey. */
function policyOf({ leadsOut, hasScript }: Page): string {
  const policy = ["default-src 'none'", "style-src 'self'", "img-src 'self' data:", "base-uri 'none'", "frame-ancestors 'none'"]
  // Browsers hold the redirects after a form to the same list, and where an app wants its users back cannot be listed here.
  if (hasScript) policy.push("script-src 'self'")
  return [...policy, ...(leadsOut ? [] : ["form-action 'self'"])].join('; ')
}
