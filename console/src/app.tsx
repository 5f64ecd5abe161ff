// Everything a page stands on: theme, language, answers kept, router.

import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, ConfigProvider } from 'antd'
import { queryClient } from './api/query.ts'
import { router } from './router.tsx'
import { ThemeChoice, useDarkness } from './shell/theme.tsx'
import { antdWords, Spoken, useSpoken } from './text/text.ts'
import { themeOf } from './theme.ts'

/** Of this very answer of the server: antd's style elements bear it, or the browser would not take them. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

export function App() {
  return (
    <ThemeChoice>
      <Dressed />
    </ThemeChoice>
  )
}

function Dressed() {
  // antd's words change with ours.
  const language = useSpoken()
  const isDark = useDarkness()
  return (
    <ConfigProvider button={{ autoInsertSpace: false }} csp={{ nonce }} locale={antdWords()} theme={themeOf(isDark)}>
      {/* What is asked in a dialog asks the server as well. */}
      <QueryClientProvider client={queryClient}>
        <Spoken value={language}>
          <AntApp>
            <RouterProvider router={router} />
          </AntApp>
        </Spoken>
      </QueryClientProvider>
    </ConfigProvider>
  )
}
