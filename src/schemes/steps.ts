// How a string to sign comes about, step by step, for people to compare with their own. Each step is made by the functions that sign and
// verify, or of the same pieces, and the last one is what they answer. Pure, without Node; secrets stand as `***`.

import { type AuthIdCall, authIdContent, authIdFields, authIdValues } from './auth-id-content.ts'
import { memberOrder, memberString, memberUnsigned, readMemberParameters } from './member-content.ts'
import { type MessageClaim, readMessageClaim } from './message-claim.ts'
import { Malformed, type Parameter, readJsonObject, readQuery, sortParameters } from './parameters.ts'
import { Ambiguous, isPhpArray, type PhpArray, phpText } from './php.ts'
import { type BaseLine, baseLines, Flaw, type SignedMessage } from './signature-base.ts'
import { canonicalString, reasonToLeaveOut, type StringForm } from './string-form.ts'

export interface Pair {
  readonly name: string
  /** null only for JSON's `null`. */
  readonly text: string | null
}

export interface LeftOut extends Pair {
  readonly why: NonNullable<ReturnType<typeof reasonToLeaveOut>> | 'is_own_field'
}

export type Step =
  /** All parameters as they were sent. */
  | { readonly kind: 'read'; readonly query: readonly Pair[]; readonly body: readonly Pair[] }
  | { readonly kind: 'left_out'; readonly pairs: readonly LeftOut[] }
  | { readonly kind: 'sorted'; readonly pairs: readonly Pair[] }
  /** Names and values as one text, or the values alone. */
  | { readonly kind: 'joined'; readonly text: string }
  | { readonly kind: 'values_joined'; readonly text: string }
  /** What stands before or behind it. */
  | { readonly kind: 'method_and_path' | 'time_in_front' | 'keys_in_front' | 'key_behind'; readonly text: string }
  /** RFC 9421: the lines of the base, the parameters of the signature last. */
  | { readonly kind: 'lines'; readonly lines: readonly BaseLine[] }

export interface Build {
  readonly steps: readonly Step[]
  readonly stringToSign: string
}

export interface SentRequest {
  readonly method: string
  /** As it was sent. */
  readonly path: string
  readonly query: string
  readonly body: 'none' | 'json' | 'form'
  readonly bodyText: string
}

/** A scheme that signs parameters. */
export function parameterSteps(form: StringForm, { method, path, ...sent }: SentRequest): Build | Malformed {
  const read = readSent(sent)
  if (read instanceof Malformed) return read
  const parameters = sortParameters([...read.query, ...read.body])
  if (parameters instanceof Malformed) return parameters
  const why = (parameter: Parameter) => reasonToLeaveOut(parameter, form.signsEmpty)
  const leftOut = parameters.flatMap((parameter) => {
    const reason = why(parameter)
    return reason ? [{ ...pairOf(parameter), why: reason }] : []
  })
  const head = form.stringToSign({ method, path, parameters: [] })
  const steps: Step[] = [
    { kind: 'read', query: read.query.map(pairOf), body: read.body.map(pairOf) },
    { kind: 'left_out', pairs: leftOut },
    { kind: 'sorted', pairs: parameters.filter((parameter) => !why(parameter)).map(pairOf) },
    { kind: 'joined', text: canonicalString(parameters, form.signsEmpty) },
  ]
  if (head !== '') steps.push({ kind: 'method_and_path', text: head })
  return { steps, stringToSign: form.stringToSign({ method, path, parameters }) }
}

/** RFC 9421: what the request says that it signed. */
export function messageSteps(message: SignedMessage): (Build & { readonly claim: MessageClaim }) | Flaw {
  const claim = readMessageClaim(message)
  if (claim instanceof Flaw) return claim
  const lines = baseLines(message, claim.covered)
  return lines instanceof Flaw ? lines : { steps: [{ kind: 'lines', lines }], stringToSign: claim.base, claim }
}

const hidden = '***'

/** `publicKey` is the platform's. */
export function authIdSteps(sent: Omit<SentRequest, 'method' | 'path'>, publicKey: string): Build | Malformed | Ambiguous {
  const read = readSent(sent)
  if (read instanceof Malformed) return read
  const parameters = [...read.query, ...read.body]
  const call: AuthIdCall = { requestTime: parameters.find(({ name }) => name === 'requestTime')?.text ?? '', parameters }
  const values = authIdValues(parameters)
  if (values instanceof Ambiguous) return values
  const content = authIdContent(call)
  if (content instanceof Ambiguous) return content
  const own = parameters.filter(({ name }) => authIdFields.includes(name))
  return {
    steps: [
      { kind: 'read', query: read.query.map(pairOf), body: read.body.map(pairOf) },
      { kind: 'left_out', pairs: own.map((parameter) => ({ ...pairOf(parameter), why: 'is_own_field' })) },
      { kind: 'sorted', pairs: values },
      { kind: 'values_joined', text: authIdContent({ requestTime: '', parameters }) as string },
      { kind: 'time_in_front', text: call.requestTime },
      { kind: 'keys_in_front', text: publicKey + hidden },
    ],
    stringToSign: publicKey + hidden + content,
  }
}

/** The request for a member's token. */
export function memberSteps(source: string, kind: 'json' | 'form'): Build | Malformed | Ambiguous {
  const parameters = readMemberParameters(source, kind)
  if (parameters instanceof Malformed) return parameters
  const order = memberOrder(parameters)
  if (order instanceof Ambiguous) return order
  const stringToSign = memberString(parameters, hidden)
  if (stringToSign instanceof Ambiguous) return stringToSign
  const pairs = (names: Iterable<string>) => [...names].map((name): Pair => ({ name, text: memberText(parameters, name) }))
  const unsigned = pairs(memberUnsigned.filter((name) => parameters.has(name)))
  return {
    steps: [
      { kind: 'read', query: [], body: pairs(parameters.keys()) },
      { kind: 'left_out', pairs: unsigned.map((pair) => ({ ...pair, why: pair.name === 'sign' ? 'is_sign' : 'is_own_field' })) },
      { kind: 'sorted', pairs: pairs(order) },
      { kind: 'key_behind', text: `key=${hidden}` },
    ],
    stringToSign,
  }
}

/** A list or an object as the pairs that it becomes. */
function memberText(parameters: PhpArray, name: string): string | null {
  const value = parameters.get(name) ?? null
  if (value === null) return null
  if (!isPhpArray(value)) return phpText(value)
  const members = [...value.keys()].map((key) => `${key}: ${memberText(value, key) ?? 'null'}`)
  return `[${members.join(', ')}]`
}

function readSent({ query, body, bodyText }: Omit<SentRequest, 'method' | 'path'>) {
  const inQuery = readQuery(query)
  if (inQuery instanceof Malformed) return inQuery
  const inBody = body === 'none' ? [] : body === 'json' ? readJsonObject(bodyText) : readQuery(bodyText)
  return inBody instanceof Malformed ? inBody : { query: inQuery, body: inBody }
}

const pairOf = ({ name, text }: Parameter): Pair => ({ name, text })
