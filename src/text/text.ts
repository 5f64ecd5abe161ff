// All words for people, in both languages. A sentence that is missing in one of them does not compile.

import type { AttemptError } from '#core/event/event.ts'
import { type Detail, type FaultName, faults, type Noun, type Problem, type Reason, type SchemaKeyword } from '#core/fault.ts'
import type { Stage } from '#core/feed/document.ts'
import type { OurMail } from '#core/mail/mail.ts'
import type { CallFault } from '#core/operation/refusals.ts'
import type { SourceProblem } from '#core/project/project-source.ts'
import type { Module, Permission } from '#core/role/permission.ts'
import type { Cause } from '#schemes/diagnose.ts'
import type { Weakness } from '#schemes/scheme.ts'
import { en } from './en.ts'
import type { PageWord } from './pages.en.ts'
import { zhCN } from './zh-CN.ts'

export type UcenterWord =
  | 'userTold'
  | 'registered'
  | 'userEdited'
  | 'rolesTold'
  | 'permissionsTold'
  | 'codeSent'
  | 'codeVerified'
  | 'mailQueued'
  | 'fileKept'
  | 'recorded'

export interface Text {
  success: string
  /** What the user centre says when something is done. */
  ucenter: Record<UcenterWord, string>
  /** Source 003's, when it gives a token. */
  tokenGiven: string
  faults: Record<FaultName, string>
  /** What a caller can do when the gateway refused a call. */
  advice: Record<CallFault, string>
  reasons: Record<Reason, string>
  problems: Record<Problem | SchemaKeyword, string>
  /** Why projects could not be pulled from a source. */
  sourceProblems: Record<SourceProblem, string>
  modules: Record<Module, string>
  permissions: Record<Permission, string>
  nouns: Record<Noun, string>
  /** Of a call that went through. */
  answered: string
  stages: Record<Stage, string>
  /** Why a signature is wrong, and what to do instead. */
  causes: Record<Cause, string>
  /** What a scheme leaves open. */
  weaknesses: Record<Weakness, string>
  /** Why an attempt at a delivery failed. */
  attemptErrors: Record<AttemptError, string>
  pages: Record<PageWord, string>
  mails: Record<OurMail, { subject: string; text: string }>
}

export type Language = 'zh-CN' | 'en'
const texts: Record<Language, Text> = { 'zh-CN': zhCN, en }

export function textIn(language: Language): Text {
  return texts[language]
}

/** The sentence for a fault, with what it decided on filled in. */
export function explain(name: FaultName, detail: Detail, language: Language): string {
  const text = texts[language]
  const facts: Facts = { ...detail }
  if (detail.what) facts.what = text.nouns[detail.what]
  if (detail.sourceProblem) facts.reason = explainSource(detail, language)
  if (!detail.reason) return fill(text.faults[name], facts)
  const reason = explainReason(detail, language)
  // A sentence that has no place for the reason says less than the reason alone.
  return text.faults[name].includes('{reason}') ? fill(text.faults[name], { ...facts, reason }) : reason
}

/** The sentence for a fault that nobody met yet: what is not known is left out where it only adds to the words, and else stands as `…`. */
export function describeFault(name: FaultName, facts: Facts, language: Language): string {
  const said = texts[language].faults[name].replace(/\{(\w+)\}/g, (_, fact: string) => String(facts[fact] ?? '…'))
  return said.replace(/ ?[(（]…[^)）]*[)）]/g, '').replace(/^([^…]*)(?:: …\.?|：…。?)$/, language === 'en' ? '$1.' : '$1。')
}

/** What to do about it; null for what no call of an interface meets. */
export function adviseOn(error: string, language: Language): string | null {
  const { advice } = texts[language]
  return Object.hasOwn(advice, error) ? advice[error as CallFault] : null
}

/** The reason alone, where it stands beside what it is about. */
export function explainReason(detail: Detail, language: Language): string {
  const { what, reason, problem } = detail
  const text = texts[language]
  const facts = { ...detail, what: what && text.nouns[what], problem: problem && explainProblem(String(problem), language, detail) }
  return reason ? fill(text.reasons[reason], facts) : ''
}

/** A problem of ours by its words; what a library says is in them already. */
export function explainProblem(problem: string, language: Language, facts: Facts = {}): string {
  const { problems } = texts[language]
  return Object.hasOwn(problems, problem) ? fill(problems[problem as Problem], facts) : problem
}

/** Why a call ended as it did; the gateway said the same when it refused it. */
export function explainCall(call: { error: string | null; detail: Detail | null; status: number }, language: Language): string {
  const { error, detail, status } = call
  if (error !== null && Object.hasOwn(faults, error)) return explain(error as FaultName, detail ?? {}, language)
  return fill(texts[language].answered, { status })
}

export function explainStage(stage: string | null, language: Language): string | null {
  return stage === null ? null : (texts[language].stages[stage as Stage] ?? null)
}

export function explainCause(cause: Cause, about: string | undefined, language: Language): string {
  return fill(texts[language].causes[cause], { about })
}

export function explainAttempt(error: string | null, language: Language): string | null {
  return error && (texts[language].attemptErrors[error as AttemptError] ?? null)
}

/** A mail, in both languages: nobody has told us theirs. */
export function mailFor(kind: OurMail, facts: Facts): { subject: string; text: string } {
  const both = [zhCN.mails[kind], en.mails[kind]]
  return {
    subject: both.map(({ subject }) => fill(subject, facts)).join(' / '),
    text: both.map(({ text }) => `${fill(text, facts)}\n`).join('\n'),
  }
}

export type Words = (word: PageWord, facts?: Facts) => string

/** What stands on a page for people, with facts filled in. */
export function wordsOf(language: Language): Words {
  return (word, facts = {}) => fill(texts[language].pages[word], facts)
}

/** Why a source could not be pulled. */
export function explainSource(detail: Detail, language: Language): string {
  return detail.sourceProblem ? fill(texts[language].sourceProblems[detail.sourceProblem], { ...detail }) : ''
}

type Facts = { [fact: string]: string | number | undefined }

function fill(sentence: string, facts: Facts): string {
  return sentence.replace(/\{(\w+)\}/g, (_, fact: string) => shorten(String(facts[fact] ?? ''), fact))
}

// A caller's own text comes back to it; not more of it than a person would read.
function shorten(value: string, fact: string): string {
  return fact !== 'reason' && value.length > 200 ? `${value.slice(0, 200)}…` : value
}

/** The language that `Accept-Language` prefers among ours (RFC 9110 §12.5.4); Chinese when it names none. */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (!acceptLanguage) return 'zh-CN'
  let best: Language = 'zh-CN'
  let bestQuality = 0
  for (const range of acceptLanguage.split(',', 20)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
    const language = tag.startsWith('zh') ? 'zh-CN' : tag.startsWith('en') ? 'en' : undefined
    const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find((found) => found !== undefined)
    const quality = weight === undefined ? 1 : Number(weight)
    if (language && quality > bestQuality) {
      best = language
      bestQuality = quality
    }
  }
  return best
}
