// GET and POST /register: a developer signs up, by the rules of the management API. Where the phone has to be proven, that comes first.

import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { smsCode } from '#edge/management/sms-code.ts'
import { register } from '#edge/management/user.ts'
import { type Field, inputsOf, phoneField, retryFields, type Trouble, troubleOf } from './form.ts'
import { html } from './html.ts'
import { ownPath } from './own-path.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import { submit, type Visit } from './visit.ts'

export function showRegister(visit: Visit, { config }: ManagementDeps): Page {
  return config.registerSms === 'required' ? phonePage(visit) : registerPage(visit)
}

export async function takeRegister(visit: Visit, deps: ManagementDeps): Promise<Page | Goto> {
  const { formToken: _, return: goTo, step, ...fields } = visit.form
  const isProving = deps.config.registerSms === 'required'
  if (isProving && step === 'phone') {
    try {
      await submit(smsCode, { phoneNumber: fields.phoneNumber ?? '', scene: 'register' }, visit, deps)
      return registerPage(visit, true)
    } catch (error) {
      return phonePage(visit, troubleOf(error, visit))
    }
  }
  try {
    await submit(register, fields, visit, deps)
    return { goto: `/login?${new URLSearchParams({ return: ownPath(goTo) ?? '/', done: 'registered' })}` }
  } catch (error) {
    return registerPage(visit, isProving, troubleOf(error, visit))
  }
}

function phonePage(visit: Visit, trouble?: Trouble): Page {
  const { words, token } = visit
  const card = html`<h1>${words('register')}</h1>
<form method="post" action="/register">
${token}${returnOf(visit)}<input type="hidden" name="step" value="phone">
${inputsOf([phoneField(visit)], trouble, 'phoneNumber')}
<button class="main">${words('sendCode')}</button>
</form>
${haveAccount(visit)}`
  return { status: trouble?.status ?? 200, title: words('registerPhone'), cards: [card], fields: retryFields(trouble) }
}

function registerPage(visit: Visit, isProving = false, trouble?: Trouble): Page {
  const { words, token, form } = visit
  const phone: Field = {
    name: 'phoneNumber',
    label: words('phoneOptional'),
    type: 'tel',
    value: form.phoneNumber,
    autocomplete: 'tel',
    optional: true,
  }
  const code: Field = {
    name: 'smsCode',
    label: words('smsCode'),
    hint: words('smsCodeHint', { phone: form.phoneNumber }),
    autocomplete: 'one-time-code',
  }
  const fields: Field[] = [
    ...(isProving ? [code] : []),
    { name: 'username', label: words('username'), value: form.username, autocomplete: 'username', hint: words('usernameForm') },
    { name: 'password', label: words('password'), type: 'password', autocomplete: 'new-password', hint: words('passwordForm') },
    { name: 'nikeName', label: words('nickname'), value: form.nikeName, autocomplete: 'nickname', optional: true },
    ...(isProving ? [] : [phone]),
  ]
  const card = html`<h1>${words('register')}</h1>
<form method="post" action="/register">
${token}${returnOf(visit)}${isProving && html`<input type="hidden" name="phoneNumber" value="${form.phoneNumber}">`}
${inputsOf(fields, trouble, fields[0]!.name)}
<button class="main">${words('register')}</button>
</form>
${haveAccount(visit)}`
  return { status: trouble?.status ?? 200, title: words('register'), cards: [card], fields: retryFields(trouble) }
}

const goingOn = ({ query, form }: Visit) => ownPath(query.return ?? form.return) ?? '/'
const returnOf = (visit: Visit) => html`<input type="hidden" name="return" value="${goingOn(visit)}">`
const haveAccount = (visit: Visit) =>
  html`<p class="beside"><a href="/login?${new URLSearchParams({ return: goingOn(visit) }).toString()}">${visit.words('haveAccount')}</a></p>`
