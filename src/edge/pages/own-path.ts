// Where somebody is taken after signing in: a path of ours and nothing that a browser could read as another place (open redirects).

/** The path, with its query, as it may stand in `Location`; undefined for everything else. */
export function ownPath(given: string | undefined): string | undefined {
  if (given === undefined || given.length > 4_096 || !/^\/(?!\/)[^\\\p{Cc}]*$/u.test(given)) return undefined
  const url = URL.parse(given, nowhere)
  if (url?.origin !== nowhere || url.pathname.includes('//')) return undefined
  return `${url.pathname}${url.search}${url.hash}`
}

const nowhere = 'http://own.invalid'
