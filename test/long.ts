// `npm run long -- <name>`: what takes too long for `npm test`. Each is a file in `long/`, bounded in time, and leaves no process.

interface LongForm {
  readonly what: string
  readonly minutesMax: number
  play(): Promise<void>
}

const forms: Record<string, LongForm> = {
  kill: {
    what: '50 rounds of kill -9 for all processes amid writes and calls; writes docs/long/kill.md',
    minutesMax: 10,
    play: async () => (await import('./long/kill.ts')).kill(),
  },
  memory: {
    what: 'memory of every process when idle, and the time of warm starts; writes docs/long/memory.md',
    minutesMax: 5,
    play: async () => (await import('./long/memory.ts')).memory(),
  },
  fuzz: {
    what: 'signed calls, changed at random: nothing may arrive but what was signed; writes docs/long/fuzz.md',
    minutesMax: 12,
    play: async () => (await import('./long/fuzz.ts')).fuzz(),
  },
  stream: {
    what: 'a gigabyte up and down through the gateway, and its memory meanwhile; writes docs/long/stream.md',
    minutesMax: 3,
    play: async () => (await import('./long/stream.ts')).stream(),
  },
  replay: {
    what: 'a million signed calls, a tenth of them duplicates, and two kills of the gateway; writes docs/long/replay.md',
    minutesMax: 16,
    play: async () => (await import('./long/replay.ts')).replay(),
  },
  shed: {
    what: 'more calls than one gateway can serve, with and without refusing some; writes docs/long/shed.md',
    minutesMax: 3,
    play: async () => (await import('./long/shed.ts')).shed(),
  },
  statistics: {
    what: 'rows that counts of calls take, and times of charts over a million of them; writes docs/long/statistics.md',
    minutesMax: 5,
    play: async () => (await import('./long/statistics.ts')).statistics(),
  },
  lists: {
    what: 'each list and filter over 100,000 users and apps and 10,000,000 calls; writes docs/long/lists.md',
    minutesMax: 15,
    play: async () => (await import('./long/lists.ts')).lists(),
  },
  import: {
    what: '5,000 interfaces in and out as files, and the memory that it takes; writes docs/long/import.md',
    minutesMax: 5,
    play: async () => (await import('./long/import.ts')).exchange(),
  },
  events: {
    what: '100,000 deliveries through 30 rounds of kill -9 for all processes; writes docs/long/events.md',
    minutesMax: 15,
    play: async () => (await import('./long/events.ts')).events(),
  },
  deliveries: {
    what: 'events a second, what each costs, and one dead receiver among a hundred; writes docs/long/deliveries.md',
    minutesMax: 6,
    play: async () => (await import('./long/deliveries.ts')).deliveries(),
  },
  purge: {
    what: '10,000,000 ended tokens of OAuth, purged while apps ask for new ones; writes docs/long/purge.md',
    minutesMax: 8,
    play: async () => (await import('./long/purge.ts')).purge(),
  },
  'page-turn': {
    what: 'the next page of a list of 100,000 rows in the console, from the click to the paint; writes docs/long/page-turn.md',
    minutesMax: 6,
    play: async () => (await import('./long/page-turn.ts')).pageTurn(),
  },
  fresh: {
    what: 'npm start in a fresh clone, in a folder with a space and Chinese letters',
    minutesMax: 15,
    play: async () => (await import('./long/fresh.ts')).fresh(),
  },
}

const name = process.argv[2] ?? ''
const form = Object.hasOwn(forms, name) ? forms[name] : undefined
if (!form) {
  if (name !== '') console.error(`There is no long form called ${name}.`)
  console.log('npm run long -- <name>')
  for (const [each, { what, minutesMax }] of Object.entries(forms)) console.log(`  ${each.padEnd(10)} ${what} (≤ ${minutesMax} min)`)
  process.exit(name === '' ? 0 : 2)
}

setTimeout(() => {
  console.error(`${name} did not end within ${form.minutesMax} minutes.`)
  process.exit(1)
}, form.minutesMax * 60_000).unref()

try {
  await form.play()
} catch (error) {
  console.error(error)
  process.exit(1)
}
