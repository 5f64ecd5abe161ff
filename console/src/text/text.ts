// All words of the console, in both languages. An area is a pair of files, `<area>.zh-CN.ts` and `<area>.en.ts`; the English one has the
// type of the Chinese one, so a sentence that is missing does not compile. Only the language that is shown is loaded.

import type { Locale } from 'antd/es/locale'
import i18next from 'i18next'
import { createContext, useContext, useSyncExternalStore } from 'react'
import { keep, kept } from '../kept.ts'
import type { zhCN } from './zh-CN.ts'

export type Words = typeof zhCN
/** The same sentences in another language. */
export type Same<Area> = { readonly [Name in keyof Area]: Area[Name] extends string ? string : Same<Area[Name]> }
/** `users:title`: a sentence of an area, where the area is not known beforehand. */
export type TextKey = { [Area in keyof Words]: `${Area}:${keyof Words[Area] & string}` }[keyof Words]

export type Language = 'zh-CN' | 'en'
const cookie = 'kaimen-language'

interface Loaded {
  readonly words: Words | Same<Words>
  readonly antd: Locale
}

const load: Record<Language, () => Promise<Loaded>> = {
  'zh-CN': () => import('./zh-CN.ts').then(({ zhCN, antd }) => ({ words: zhCN, antd })),
  en: () => import('./en.ts').then(({ en, antd }) => ({ words: en, antd })),
}

let antd: Locale
/** antd's own words in the language that is spoken. */
export const antdWords = () => antd

export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN'
}

export async function startText(): Promise<void> {
  await i18next.init({ lng: 'zh-CN', fallbackLng: false, interpolation: { escapeValue: false }, resources: {} })
  await speak(chosenBefore())
}

export async function speak(chosen: Language): Promise<void> {
  const loaded = await load[chosen]()
  antd = loaded.antd
  for (const [area, words] of Object.entries(loaded.words)) i18next.addResourceBundle(chosen, area, words)
  await i18next.changeLanguage(chosen)
  keep(cookie, chosen)
  document.documentElement.lang = chosen
}

function chosenBefore(): Language {
  const chosen = kept(cookie)
  if (chosen === 'en' || chosen === 'zh-CN') return chosen
  return navigator.languages.find((one) => /^(en|zh)\b/.test(one))?.startsWith('en') ? 'en' : 'zh-CN'
}

/** The language of all that is shown in it: asking i18next in every cell of a table would take a tenth of the time that its rows take. */
export const Spoken = createContext<Language>('zh-CN')
export const useLanguage = (): Language => useContext(Spoken)

/** For `Spoken`, once. */
export function useSpoken(): Language {
  return useSyncExternalStore(onSpoken, language)
}

function onSpoken(listener: () => void) {
  i18next.on('languageChanged', listener)
  return () => i18next.off('languageChanged', listener)
}

type Facts = Readonly<Record<string, string | number | undefined>>
export type Translate<Name extends string = never> = (key: Name | TextKey, facts?: Facts) => string

/** Sentences of an area by their names, of any other as `area:name`; `facts` stand in the place of `{{name}}`. */
export function useText<Area extends keyof Words>(area: Area): Translate<keyof Words[Area] & string> {
  // Shown anew in another language.
  useLanguage()
  // As texts: the compiler would make a type of every area with every name.
  return (key: string, facts = {}) => i18next.t(key.includes(':') ? key : `${area as string}:${key}`, facts)
}
