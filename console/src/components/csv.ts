// A table as a file: RFC 4180, with the mark by which Excel knows UTF-8.

export function saveCsv(name: string, rows: readonly (readonly (string | number | null)[])[]): void {
  const text = `\uFEFF${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  // A spreadsheet would take such a text for a formula, and run it.
  return `"${(/^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`
}
