// Everything that can be wrong with a request, by name. A new fault is one row here and one sentence in each file of `text/`;
// the compiler names what is missing. `docs/errors.md` is generated from these rows.

import type { SourceProblem } from '#core/project/project-source.ts'
import type { MalformedReason } from '#schemes/parameters.ts'
import type { FlawReason } from '#schemes/signature-base.ts'

interface Row {
  /** The envelope's `code`: seven digits, never 1000000, never used again for another name. */
  readonly code: number
  readonly status: number
}

const row = (code: number, status: number): Row => ({ code, status })

export const faults = {
  // Management API (contract §1; settled D4)
  unauthorized: row(1100001, 401),
  forbidden: row(1100002, 403),
  not_found: row(1100003, 404),
  conflict: row(1100004, 409),
  login_failed: row(1100005, 401),
  payload_too_large: row(1100007, 413),
  unsupported_media_type: row(1100008, 415),
  malformed_request: row(1100009, 400),
  internal_error: row(1100010, 500),
  database_unavailable: row(1100011, 503),
  captcha_required: row(1100021, 400),
  captcha_invalid: row(1100022, 400),
  account_locked: row(1100023, 403),
  sms_code_invalid: row(1100024, 400),
  already_decided: row(1100032, 409),
  file_quota_exceeded: row(1100031, 409),
  file_store_unavailable: row(1100033, 503),

  // OAuth, in the form of source 003
  invalid_client: row(1300001, 401),
  invalid_grant: row(1300002, 400),
  grant_type_not_allowed: row(1300003, 400),

  // User centre (source 003)
  access_token_missing: row(1300011, 401),
  access_token_invalid: row(1300012, 401),
  access_token_expired: row(1300013, 401),
  scope_missing: row(1300014, 403),
  person_needed: row(1300015, 403),
  internal_app_needed: row(1300016, 403),

  in_use: row(1100202, 409),
  built_in_role: row(1100203, 409),
  project_pulled: row(1100204, 409),
  source_failed: row(1100205, 422),
  member_source_failed: row(1100206, 502),
  gateway_unreachable: row(1100207, 502),

  // Browsers, on every face that has a session (settled F3)
  cross_site_request: row(1100301, 403),
  form_expired: row(1100302, 403),
  otp_required: row(1100303, 401),
  otp_invalid: row(1100304, 401),
  otp_enrolment_required: row(1100305, 403),
  passkey_invalid: row(1100306, 401),

  // Events (contract §6)
  idempotency_key_taken: row(1100311, 409),
  callback_disabled: row(1100312, 409),

  // Both listeners
  invalid_parameters: row(1100101, 400),
  rate_limited: row(1100102, 429),
  overloaded: row(1100103, 503),

  // Gateway (contract §6)
  interface_not_found: row(1200001, 404),
  interface_disabled: row(1200002, 403),
  missing_credentials: row(1200003, 401),
  invalid_token: row(1200004, 401),
  token_expired: row(1200005, 401),
  app_disabled: row(1200006, 403),
  app_expired: row(1200007, 403),
  scheme_not_allowed: row(1200008, 403),
  signature_missing: row(1200009, 401),
  signature_invalid: row(1200010, 401),
  timestamp_out_of_window: row(1200011, 401),
  replayed_request: row(1200012, 401),
  not_granted: row(1200013, 403),
  interface_tripped: row(1200014, 403),
  body_too_large: row(1200015, 413),
  upstream_unreachable: row(1200016, 502),
  ip_denied: row(1200018, 403),
  project_denied: row(1200019, 403),
  quota_exceeded: row(1200020, 429),
  decrypt_failed: row(1200021, 400),
  upstream_timeout: row(1200017, 504),
} as const satisfies Record<string, Row>

export type FaultName = keyof typeof faults

/** What is wrong with a value by a rule of our own; where it stands as a `problem`, its words are in `text/`. */
export type Problem =
  | 'not_storable'
  | 'path_form'
  | 'schema_too_long'
  | 'schema_not_storable'
  | 'userinfo_in_url'
  | 'barred_address'
  | 'not_an_origin'
  | 'own_listener'
  | 'not_text'
  | 'no_credential_field'
  | 'credential_needed'
  | 'no_logo'
  | 'no_range'
  | 'missing'
  | 'reserved_name'
  | 'detail_name'
  | 'unknown_detail'
  | 'no_head_text'
  | 'too_long'
  | 'detail_required'
  | 'detail_text'
  | 'detail_number'
  | 'detail_date'

/** Keywords of JSON Schema that have words of our own; `bound` is what the schema says. */
export const schemaKeywords = [
  'type',
  'required',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'additionalProperties',
] as const
export type SchemaKeyword = (typeof schemaKeywords)[number]

/** So that it cannot be misspelt. */
export const problem = (name: Problem): Problem => name

/** Why a parameter was refused; each has a sentence of its own in `text/`. */
export type Reason =
  | MalformedReason
  | Exclude<FlawReason, 'field_absent' | 'parameter_missing' | 'not_covered' | 'digest_wrong'>
  | 'alike_in_php'
  | 'several_schemes'
  | 'body_on_get'
  | 'content_type'
  | 'content_encoding'
  | 'body_too_slow'
  | 'empty_unsigned'
  | 'unknown_id'
  | 'unknown_sign_type'
  | 'path'
  | 'field'
  | 'cannot_sign'
  | 'other_call'
  | 'downlink_called'
  | 'range_needed'
  | 'range_reversed'
  | 'page_too_far'
  | 'granted_already'
  | 'internal_interface'
  | 'redirect_uri'
  | 'callback_url'
  | 'callback_private'
  | 'service_needed'
  | 'upstream_path_variable'
  | 'downlink_method'
  | 'downlink_path'
  | 'not_downlink'
  | 'data_too_long'
  | 'callback_missing'
  | 'one_of_two'
  | 'password_length'
  | 'password_not_decrypted'
  | 'password_plain'
  | 'phone_needed'
  | 'oneself'
  | 'own_sign_in'
  | 'second_factor'
  | 'last_administrator'
  | 'version_segment'
  | 'sunset_before_deprecation'
  | 'in_use'
  | 'demo_off'
  | 'demo_port'
  | 'file_missing'
  | 'file_unreadable'
  | 'file_unpacked'
  | 'file_costly'
  | 'file_rows'
  | 'rows'
  | 'required'
  | 'unknown_field'
  | 'field_repeated'
  | 'cell_json'
  | 'row_repeated'
  | 'published_twice'
  | 'not_an_object'
  | 'ref_outside'
  | 'ref_unknown'
  | 'schema_large'
  | 'export_large'
  | 'details_max'
  | 'mail_not_given_up'

/** The things that a sentence may be about; each has its word in `text/`. */
export type Noun =
  | 'app'
  | 'call'
  | 'delivery'
  | 'event'
  | 'interface'
  | 'page'
  | 'path'
  | 'project'
  | 'projectSource'
  | 'role'
  | 'session'
  | 'consent'
  | 'service'
  | 'serviceType'
  | 'user'
  | 'username'
  | 'phoneNumber'
  | 'file'
  | 'request'
  | 'userDetail'
  | 'email'
  | 'mail'

/** What a fault decided on: shown to the caller, so never a secret. */
export interface Detail {
  readonly reason?: Reason
  readonly what?: Noun
  readonly sourceProblem?: SourceProblem
  readonly [fact: string]: string | number | undefined
}

/** Thrown where a request cannot go on; the edge turns it into a status and words, and logs `cause`, which is never sent. */
export class Fault extends Error {
  readonly fault: FaultName
  readonly detail: Detail

  constructor(name: FaultName, detail: Detail, options?: ErrorOptions) {
    super(name, options)
    this.name = 'Fault'
    this.fault = name
    this.detail = detail
  }
}

/** What is wrong with a row of a file, in words already; rows count from 1, which is the head (settled B4). */
export interface RowError {
  readonly row: number
  readonly field?: string
  readonly reason: string
}

/** A file that was refused as a whole, with the first of `count` things that are wrong in its rows. */
export class RowsFault extends Fault {
  readonly errors: readonly RowError[]

  constructor(errors: readonly RowError[], count: number) {
    super('invalid_parameters', { reason: 'rows', count })
    this.errors = errors
  }
}

export function fault(name: FaultName, detail: Detail = {}, options?: ErrorOptions): Fault {
  return new Fault(name, detail, options)
}

/** A fault that is returned, not thrown: a flood of bad calls must not capture stacks. */
export class Refusal {
  readonly fault: FaultName
  readonly detail: Detail
  /** The app that the caller said it is, when that is all we know of it. */
  readonly said: string | undefined

  constructor(fault: FaultName, detail: Detail, said?: string) {
    this.fault = fault
    this.detail = detail
    this.said = said
  }

  saidBy(appId: string | undefined): Refusal {
    return new Refusal(this.fault, this.detail, appId)
  }
}
