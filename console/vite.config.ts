// How the console becomes files that the platform serves (src/edge/console/): hashed names, and beside each its gzip and brotli form, so
// that nothing is compressed while somebody waits. `bin/console.mjs` runs it when something changed.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** A development server at port 5173 takes the API from here. */
const platform = 'http://127.0.0.1:8000'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), noncedStyles(), compressed()],
  // The platform puts a nonce of its own in this place in every answer.
  html: { cspNonce: 'CSP-NONCE' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
    reportCompressedSize: false,
    manifest: 'manifest.json',
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// }] } } },
  },
  server: { proxy: Object.fromEntries(['/openapi', '/login', '/logout', '/account', '/register'].map((path) => [path, platform])) },
})

/** Parts of antd that measure scroll bars and hold the page still make style elements without the nonce that antd was given. */
function noncedStyles(): Plugin {
  const place = '    csp,\n    prepend,'
  return {
    name: 'nonced-styles',
    apply: 'build',
    transform: {
      filter: { id: /@rc-component\/util\/es\/Dom\/dynamicCSS\.js$/ },
      handler(code) {
        if (!code.includes(place))
          throw new Error('dynamicCSS.js of @rc-component/util is another one: look whether it still forgets the nonce')
        return code.replace(place, "    csp = document.querySelector('meta[property=csp-nonce]'),\n    prepend,")
      },
    },
  }
}

function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }) {
      const assets = join(dir!, 'assets')
      for (const name of readdirSync(assets)) {
        const file = join(assets, name)
        const bytes = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}
