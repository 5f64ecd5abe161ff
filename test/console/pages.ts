// The console's own table of pages. Tests have no types of a browser, which that file stands on: so the compiler does not follow us there.

export interface Page {
  readonly path: string
  readonly who: 'signedIn' | { readonly hq: string } | { readonly own: string }
  readonly nav?: { readonly unless?: string }
}

const table: string = '../../console/src/pages.ts'

export const { pages }: { readonly pages: readonly Page[] } = await import(table)
