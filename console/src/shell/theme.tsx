// Light, dark, or as the system has it.

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { keep, kept } from '../kept.ts'

export type Theme = 'system' | 'light' | 'dark'
const cookie = 'kaimen-theme'
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')

const Choice = createContext<{ readonly theme: Theme; choose(theme: Theme): void }>({ theme: 'system', choose: () => {} })

export function ThemeChoice({ children }: { readonly children: ReactNode }) {
  const [theme, setTheme] = useState<Theme>(() => {
    const found = kept(cookie)
    return found === 'light' || found === 'dark' ? found : 'system'
  })
  const choose = (chosen: Theme) => {
    keep(cookie, chosen === 'system' ? undefined : chosen)
    setTheme(chosen)
  }
  return <Choice value={{ theme, choose }}>{children}</Choice>
}

export const useThemeChoice = () => useContext(Choice)

export function useDarkness(): boolean {
  const { theme } = useThemeChoice()
  const system = useSyncExternalStore(
    (changed) => {
      systemIsDark.addEventListener('change', changed)
      return () => systemIsDark.removeEventListener('change', changed)
    },
    () => systemIsDark.matches,
  )
  const isDark = theme === 'system' ? system : theme === 'dark'
  useEffect(() => {
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light'
  }, [isDark])
  return isDark
}
