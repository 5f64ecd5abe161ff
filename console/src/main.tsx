// Where the browser begins: the words first, then the application.

import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './main.css'
import { startText } from './text/text.ts'

await startText()
createRoot(document.getElementById('root')!).render(<App />)
