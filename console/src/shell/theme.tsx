// Light, dark, or as the system has it; kept in the browser.

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'
const kept = 'kaimen.theme'
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')

const Choice = createContext<{ readonly theme: Theme; choose(theme: Theme): void }>({ theme: 'system', choose: () => {} })

export function ThemeChoice({ children }: { readonly children: ReactNode }) {
  const [theme, setTheme] = useState<Theme>(() => {
    const found = localStorage.getItem(kept)
    return found === 'light' || found === 'dark' ? found : 'system'
  })
  const choose = (chosen: Theme) => {
    localStorage.setItem(kept, chosen)
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
