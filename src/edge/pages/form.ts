// Forms: their fields as HTML, what came back in them, and what was wrong with it, said beside the field that it is about.

import { type Detail, Fault, fault, faults } from '#core/fault.ts'
import type { PageWord } from '#text/pages.en.ts'
import { explain, explainReason, type Language } from '#text/text.ts'
import { type Html, html } from './html.ts'
import type { Visit } from './visit.ts'

export type Fields = Readonly<Record<string, string>>

/** The fields of a body or a query. Throws `invalid_parameters` for one that is there twice. */
export function readFields(text: string): Fields {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) throw fault('invalid_parameters', { reason: 'repeated', name })
    fields[name] = value
  }
  return fields
}

/** What went wrong, for the page that is shown again. */
export interface Trouble {
  readonly status: number
  readonly text: string
  /** The field that it is about; absent: the form. */
  readonly field?: string
  readonly retryAfter?: string
}

/** What the one who filled in the form can mend; everything else is thrown on. */
export function troubleOf(error: unknown, { language, words }: Visit): Trouble {
  if (!(error instanceof Fault) || faults[error.fault].status >= 500) throw error
  const { fault: name, detail } = error
  const field = fieldOf(error)
  const retryAfter = detail.retryAfter === undefined ? {} : { retryAfter: String(detail.retryAfter) }
  const text = detail.reason === 'field' ? words(formWords[field ?? ''] ?? 'fieldForm') : wordsFor(error, language)
  return { status: faults[name].status, text, ...(field === undefined ? {} : { field }), ...retryAfter }
}

/** The same where only the password was asked for. */
export function passwordTroubleOf(error: unknown, visit: Visit, field = 'password'): Trouble {
  const trouble = troubleOf(error, visit)
  const text = (error as Fault).fault === 'login_failed' ? visit.words('passwordWrong') : trouble.text
  return { ...trouble, text, field: trouble.field ?? field }
}

function fieldOf({ fault: name, detail }: Fault): string | undefined {
  if (name === 'conflict') return detail.what
  if (name === 'sms_code_invalid') return 'smsCode'
  return detail.name === undefined ? undefined : String(detail.name)
}

/** What is said of a field that is not as it should be: the words of the schema are for programs. */
const formWords: Record<string, PageWord> = { username: 'usernameForm', phoneNumber: 'phoneForm', email: 'emailForm' }

function wordsFor({ fault: name, detail }: Fault, language: Language): string {
  return detail.reason === undefined ? explain(name, detail, language) : explainReason(withoutName(detail), language)
}

// The name on the wire would stand before the words; the field is named by its label.
const withoutName = (detail: Detail): Detail => ({ ...detail, name: '' })

export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'password' | 'tel' | 'email'
  readonly value?: string | undefined
  readonly autocomplete?: string
  readonly hint?: string
  readonly inputmode?: 'numeric'
  readonly optional?: true
  /** What stands before the input, as the picture of a captcha. */
  readonly before?: Html
}

/** Where a code goes. */
export const phoneField = ({ words, form }: Visit): Field => ({
  name: 'phoneNumber',
  label: words('phone'),
  type: 'tel',
  value: form.phoneNumber,
  autocomplete: 'tel',
  hint: words('codeGoesThere'),
})

/** A labelled input. What is wrong with it stands below it and is read with it; the first that is wrong has the focus. */
function inputOf(field: Field, trouble: Trouble | undefined, takesFocus = false): Html {
  const { name, label, type = 'text', value, autocomplete, inputmode, optional, before } = field
  const wrong = trouble?.field === name
  // What is wrong is often that the hint was not followed; then it is said once.
  const hint = wrong && trouble!.text === field.hint ? undefined : field.hint
  const described = [wrong && `${name}-wrong`, hint !== undefined && `${name}-hint`].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${name}">${label}</label>
${before}<input id="${name}" name="${name}" type="${type}"${value !== undefined && html` value="${value}"`}${autocomplete !== undefined && html` autocomplete="${autocomplete}"`}${inputmode !== undefined && html` inputmode="${inputmode}"`}${!optional && html` required`}${wrong && html` aria-invalid="true"`}${described !== '' && html` aria-describedby="${described}"`}${(wrong || takesFocus) && html` autofocus`}>
${wrong && html`<p class="wrong" id="${name}-wrong">${trouble!.text}</p>`}${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}</div>`
}

/** Several of them; without anything wrong, the one named `first` has the focus. */
export function inputsOf(fields: readonly Field[], trouble: Trouble | undefined, first?: string): Html {
  const inputs = fields.map((field) => inputOf(field, trouble, trouble?.field === undefined && field.name === first))
  return html`${troubleBox(trouble, fields)}${inputs}`
}

/** The fields of an answer to a form that somebody has to wait with. */
export const retryFields = (trouble: Trouble | undefined): Record<string, string> =>
  trouble?.retryAfter === undefined ? {} : { 'retry-after': trouble.retryAfter }

/** What is wrong with the form as a whole. */
function troubleBox(trouble: Trouble | undefined, fields: readonly Field[]): Html | undefined {
  if (!trouble || fields.some(({ name }) => name === trouble.field)) return undefined
  return html`<p class="notice bad" role="alert">${trouble.text}</p>`
}
