// What somebody chose, in cookies: the login page reads and writes the same ones, so that a choice holds there too.

const aYear = 365 * 86_400

export function kept(name: string): string | undefined {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1]
}

/** `undefined` takes it away. */
export function keep(name: string, value: string | undefined): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the other way, CookieStore, browsers offer over HTTPS only
  document.cookie = `${name}=${value ?? ''}; path=/; samesite=lax; max-age=${value === undefined ? 0 : aYear}`
}
