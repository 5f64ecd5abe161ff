// What a field of a person's details may be called: its name stands beside others in a request, and is a key of an object.

const taken = new Set([
  ...['user_id', 'openid', 'username', 'email', 'phone', 'password', 'code', 'details'],
  ...['access_token', 'acess_token', 'constructor', '__proto__'],
])

export function isDetailName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,31}$/.test(name) && !taken.has(name)
}
