// The rows of pages.ts as routes. A search is plain texts (`?status=1&current=2`), so that an address can be read and written by hand.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { type Page, pages } from './pages.ts'
import { Allowed } from './shell/allowed.tsx'
import { PageFailed, PageNotFound } from './shell/broken.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: PageNotFound })

function routeOf(page: Page) {
  const Lazy = lazyRouteComponent(page.load, 'Page')
  const component = () => (
    <Allowed page={page}>
      <Lazy />
    </Allowed>
  )
  // Its module is there before the page is: it would else be waited for in an empty one, which React shows for 300 ms.
  return createRoute({ getParentRoute: () => root, path: page.path, component, loader: () => Lazy.preload?.() })
}

export const router = createRouter({
  routeTree: root.addChildren(pages.map(routeOf)),
  defaultPreload: 'intent',
  // A page of one thing is another page for the next one: nothing that was typed, chosen or asked about the one before stays.
  defaultRemountDeps: ({ params }) => params,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: PageNotFound,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
    return text === '' ? '' : `?${text}`
  },
})
