// Certificates for tests.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** One for 127.0.0.1 that signed itself: writes `<name>.crt` and `<name>.key` into `folder`. */
export function newCertificate(folder: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const words = `req -x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1`
  execFileSync('openssl', [...words.split(' '), '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { cert, key }
}

// Made for tests, and good for nothing else: an authority whose key is lost, and a certificate of its for `localhost`, until 2126.
export const authority = `-----BEGIN CERTIFICATE-----
MIIBlzCCAT2gAwIBAgIUZRmiVSo/IJ0BMtmvi/08lKCf3ucwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVS2FpbWVuIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMTExMjc0
NFoYDzIxMjYxMDI4MTEyNzQ0WjAgMR4wHAYDVQQDDBVLYWltZW4gdGVzdCBhdXRo
b3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQThh/UAL1wYS0F8k8PGezm
WAMjDXvitvEZ3mwFMPog1L1CpNIHu20JA1mmHZOtQbdBZD0co1RXWvXfmfnX3EH8
o1MwUTAdBgNVHQ4EFgQUxJB33ImSp3Dl/tW7mzhQQVLMjjcwHwYDVR0jBBgwFoAU
xJB33ImSp3Dl/tW7mzhQQVLMjjcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD
AgNIADBFAiEA6dVtmwx0L0MEn5OhaUjvZbuB2K1H7vN5kLEvb5UOR98CICdVcbMN
2s8jQZZ7zwKPzdHs/lf+9NNGylZzeNep4oaz
-----END CERTIFICATE-----`
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBkTCCATagAwIBAgIUemaJ1DrNoU14LMi+ZxeqClc9e4QwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVS2FpbWVuIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMTExMjc0
NFoYDzIxMjYxMDI4MTEyNzQ0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQiXwxfHvYD8POQXkvlXubb9cupz2fMlvPWTELm
UCZo0XDVaVzHFolZ7rJs7mVv5h2cMbqP1jhOwTNp/Psknquco1gwVjAUBgNVHREE
DTALgglsb2NhbGhvc3QwHQYDVR0OBBYEFEAsGtTkojTXNlo6btVNs8PDsBe0MB8G
A1UdIwQYMBaAFMSQd9yJkqdw5f7Vu5s4UEFSzI43MAoGCCqGSM49BAMCA0kAMEYC
IQCqmRCkIBjosVhlA986GCCiPXnrd9noTgjipEQIS7buJwIhAN3H20wYPI4zwPCd
l5Xh460n6Q4xoTNwuEPn7TFQQra3
-----END CERTIFICATE-----`
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmc8NtOaY/kpepUM+
SdoehaLMTY01Iej3IClMs8PNqdyhRANCAAQiXwxfHvYD8POQXkvlXubb9cupz2fM
lvPWTELmUCZo0XDVaVzHFolZ7rJs7mVv5h2cMbqP1jhOwTNp/Psknquc
-----END PRIVATE KEY-----`
