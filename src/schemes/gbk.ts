// GBK, which the standard library reads but does not write. Pure, without Node.

let codes: Map<string, readonly number[]> | undefined

/** The bytes of a text in GBK; undefined when a character has none. */
export function encodeGbk(text: string): Uint8Array | undefined {
  codes ??= readCodes()
  const bytes: number[] = []
  for (const character of text) {
    const code = character < '\x80' ? [character.charCodeAt(0)] : codes.get(character)
    if (!code) return undefined
    bytes.push(...code)
  }
  return Uint8Array.from(bytes)
}

/** Every two-byte code, read back by the decoder. */
function readCodes(): Map<string, readonly number[]> {
  const decoder = new TextDecoder('gbk')
  const found = new Map<string, readonly number[]>()
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue
      const character = decoder.decode(Uint8Array.of(lead, trail))
      if (!character.includes('\ufffd') && !found.has(character)) found.set(character, [lead, trail])
    }
  }
  return found
}
