// The browser of the tests: one that is there, or Debian's own, installed when that can be done without asking anybody.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const usual = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].map((name) => `/usr/bin/${name}`)

/** TEST_BROWSER names another Chromium, or one in another place. */
export function findChromium(): string | undefined {
  return process.env.TEST_BROWSER ?? usual.find((path) => existsSync(path))
}

/** Why there is no browser, for the tests that are skipped then; undefined when there is one now. */
export function installChromium(): string | undefined {
  if (findChromium()) return undefined
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    return 'no Chromium: install it (on Debian and Ubuntu `apt-get install chromium`), or name one by TEST_BROWSER'
  }
  console.log('Installing Chromium for the tests that need a browser …')
  const apt = (...words: string[]) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...words], {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  const install = () => apt('install', '-y', '--no-install-recommends', 'chromium')
  const first = install()
  if (first.status === 0) return undefined
  // A fresh image knows no packages yet.
  apt('update')
  const { status, stderr } = install()
  return status === 0 ? undefined : `no Chromium, and it could not be installed: ${stderr.trim().split('\n').at(-1)}`
}
