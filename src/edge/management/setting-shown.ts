// The settings of a process as they may be shown: each with its meaning, its default and what is in force; of a secret only whether it is
// set.

import { type Config, settings } from '#config.ts'
import { accepted, meanings } from '#text/settings.zh-CN.ts'
import type { Language } from '#text/text.ts'

export interface ShownSetting {
  /** Of the environment variable. */
  readonly name: string
  readonly accepts: string
  readonly meaning: string
  readonly isSecret: boolean
  readonly isSet: boolean
  /** null: not set, or secret. */
  readonly value: string | null
  readonly fallback: string | null
  /** Nothing acts on it in this version. */
  readonly isPending: boolean
}

/** In the order of config.ts. */
export function shownSettings(config: Config, language: Language): ShownSetting[] {
  return Object.entries(settings).map(([key, { env, accepts, why, secret, fallback, pending }]) => {
    const value = shown(config[key as keyof Config])
    const isEnglish = language === 'en'
    return {
      name: env,
      accepts: isEnglish ? accepts : accepted[accepts],
      meaning: isEnglish ? why : meanings[key as keyof Config],
      isSecret: secret,
      isSet: value !== null,
      value: secret || value === null ? null : withoutCredentials(value),
      fallback: shown(fallback),
      isPending: pending,
    }
  })
}

/** As it would be written in the environment; an empty list is no value. */
function shown(value: unknown): string | null {
  const text = value === undefined ? '' : String(value)
  return text === '' ? null : text
}

/** An address may bear a password, or a key in its query. */
function withoutCredentials(text: string): string {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? URL.parse(text) : null
  if (!url || (url.username === '' && url.password === '' && url.search === '')) return text
  if (url.username !== '') url.username = '***'
  if (url.password !== '') url.password = '***'
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, '***')
  return url.href
}
