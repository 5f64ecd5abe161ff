// Where the story is played: each step sends a request, shows it with its answer, and remembers whether the outcome was as told.

import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, outcomeOf, send } from './client.ts'
import type { Request } from './partner.ts'
import { type Print, printAnswer, printChapter, printNote, printRequest, printTitle, type Words } from './print.ts'

export interface Step {
  readonly title: Words
  /** Mostly `200`, or a status and the name of a refusal. */
  readonly expected: string
  readonly actual: string
}

export interface How {
  /**
   * A change was just made at the platform, and the gateway follows within a second: until the expected outcome comes, the request
   * is made anew and sent again. Only the last try is shown.
   */
  readonly follows?: true
  readonly send?: (request: Request) => Promise<Answer>
  /** What of the answer is compared; by default status and name. */
  readonly outcome?: (answer: Answer) => string
}

type Make = () => Request | Promise<Request>

/** Thrown where the story cannot go on, because what the next steps build on is not there. The step itself tells why. */
export class StoryEnds extends Error {}

const followMsMax = 20_000
const askAgainMs = 50

export type Stage = ReturnType<typeof openStage>

export function openStage(print: Print) {
  const steps: Step[] = []
  const outcomes: { url: string; outcome: string }[] = []

  async function step(title: Words, expected: string, make: Make, how: How = {}): Promise<Answer> {
    printTitle(print, steps.length + 1, title)
    const beganAt = performance.now()
    for (let asked = 1; ; asked++) {
      const request = await make()
      const answer = await (how.send ?? send)(request)
      const actual = (how.outcome ?? outcomeOf)(answer)
      outcomes.push({ url: request.url, outcome: actual })
      const waitedMs = Math.round(performance.now() - beganAt)
      if (how.follows && actual !== expected && waitedMs < followMsMax) {
        await pause(askAgainMs)
        continue
      }
      printRequest(print, request)
      printAnswer(print, answer)
      if (asked > 1) printNote(print, { zh: `第 ${asked} 次询问，历时 ${waitedMs} ms`, en: `asked ${asked} times, in ${waitedMs} ms` })
      conclude({ title, expected, actual })
      return answer
    }
  }

  function conclude(step: Step): void {
    steps.push(step)
    print(isAsTold(step) ? `    ✓ ${step.actual}` : `    ✗ ${step.actual}；应为 expected: ${step.expected}`)
  }

  return {
    steps,
    /** Of every request that was sent, those before a gateway had followed too. */
    outcomes,
    step,
    chapter: (words: Words) => printChapter(print, words),
    note: (words: Words) => printNote(print, words),

    /** A step that the next ones build on; answers the envelope's `data`. */
    // biome-ignore lint/suspicious/noExplicitAny: as Answer.json
    async done(title: Words, make: Make, how: How = {}): Promise<any> {
      const answer = await step(title, '200', make, how)
      if (!isAsTold(steps.at(-1)!)) throw new StoryEnds()
      return answer.json.data
    },
  }
}

export function isAsTold({ expected, actual }: Step): boolean {
  return expected === actual
}
