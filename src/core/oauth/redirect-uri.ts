// Where a client may have people sent back to: the addresses that its developer registered, compared letter by letter.

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * https anywhere; http on the person's own machine only; and for a public client a scheme of its own, in the reverse order of a domain
 * (RFC 8252 §7.1). No fragment, no name or password, nothing that URL parsers read differently.
 */
export function isRedirectUri(text: string, clientType: 'confidential' | 'public'): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || /[#\\*<>"]/.test(text)) return false
  const url = URL.parse(text)
  if (url?.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return url.hostname !== '' && !(clientType === 'public' && loopback.has(url.hostname))
  if (url.protocol === 'http:') return loopback.has(url.hostname)
  return clientType === 'public' && /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:$/.test(url.protocol)
}

/** A program on the person's machine, as OpenID Connect calls it: what answers its address may be another one. */
export function isNative(clientType: 'confidential' | 'public', redirectUris: readonly string[]): boolean {
  return clientType === 'public' && redirectUris.some((uri) => !uri.startsWith('https:'))
}
