// GET and POST /forgot: a new password by a code that the phone receives. Whether anybody has the phone is seen on the phone alone.

import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { resetPassword } from '#edge/management/password.ts'
import { smsCode } from '#edge/management/sms-code.ts'
import { type Field, inputsOf, phoneField, retryFields, type Trouble, troubleOf } from './form.ts'
import { html } from './html.ts'
import type { Goto } from './serve.ts'
import type { Page } from './shell.ts'
import { submit, type Visit } from './visit.ts'

export function showForgot(visit: Visit): Page {
  return phonePage(visit)
}

export async function takeForgot(visit: Visit, deps: ManagementDeps): Promise<Page | Goto> {
  const { phoneNumber = '', step } = visit.form
  if (step === 'phone') {
    try {
      await submit(smsCode, { phoneNumber, scene: 'reset' }, visit, deps)
      return codePage(visit)
    } catch (error) {
      return phonePage(visit, troubleOf(error, visit))
    }
  }
  try {
    const { newPassword = '', smsCode: code = '' } = visit.form
    await submit(resetPassword, { phoneNumber, newPassword, smsCode: code }, visit, deps)
    return { goto: '/login?done=reset' }
  } catch (error) {
    return codePage(visit, troubleOf(error, visit))
  }
}

function phonePage(visit: Visit, trouble?: Trouble): Page {
  const { words, token } = visit
  const card = html`<h1>${words('newPasswordTitle')}</h1>
<form method="post" action="/forgot">
${token}<input type="hidden" name="step" value="phone">
${inputsOf([phoneField(visit)], trouble, 'phoneNumber')}
<button class="main">${words('sendCode')}</button>
</form>
<p class="beside"><a href="/login">${words('backToSignIn')}</a></p>`
  return { status: trouble?.status ?? 200, title: words('forgot'), cards: [card], fields: retryFields(trouble) }
}

function codePage({ words, token, form }: Visit, trouble?: Trouble): Page {
  const fields: Field[] = [
    { name: 'smsCode', label: words('smsCode'), hint: words('smsCodeIfKnown', { phone: form.phoneNumber }), autocomplete: 'one-time-code' },
    { name: 'newPassword', label: words('newPassword'), type: 'password', autocomplete: 'new-password', hint: words('passwordForm') },
  ]
  const card = html`<h1>${words('newPasswordTitle')}</h1>
<form method="post" action="/forgot">
${token}<input type="hidden" name="phoneNumber" value="${form.phoneNumber}">
${inputsOf(fields, trouble, 'smsCode')}
<button class="main">${words('setPassword')}</button>
</form>
<p class="beside"><a href="/forgot">${words('otherPhone')}</a></p>`
  return { status: trouble?.status ?? 200, title: words('newPasswordTitle'), cards: [card], fields: retryFields(trouble) }
}
