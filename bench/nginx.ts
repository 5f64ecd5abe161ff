// nginx in two parts: the reverse proxy that we are compared with, and the upstream. One worker, nothing logged, loopback only.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, type Place, type Running, startProgram } from './process.ts'

export async function startNginxProxy({ nginx, folder, upstream }: Place): Promise<Running> {
  const port = await freePort()
  const http = `
    upstream service {
      server ${new URL(upstream.url).host};
      keepalive 256;
      keepalive_requests 100000000;
    }
    server {
      listen 127.0.0.1:${port} backlog=4096;
      location / {
        proxy_pass http://service;
        proxy_http_version 1.1;
        proxy_set_header Connection '';
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
      }
    }`
  return startNginx(nginx!, join(folder, `nginx-${port}`), port, http)
}

export async function startNginxUpstream(nginx: string, folder: string, answer: string): Promise<Running> {
  const port = await freePort()
  const http = `
    server {
      listen 127.0.0.1:${port} backlog=4096;
      default_type application/json;
      location / { return 200 '${answer}'; }
    }`
  return startNginx(nginx, join(folder, 'upstream'), port, http)
}

function startNginx(nginx: string, folder: string, port: number, http: string): Promise<Running> {
  mkdirSync(folder)
  const file = join(folder, 'nginx.conf')
  // Where it would keep bodies that are too large for memory; the standard places belong to the system's own nginx.
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
  const conf = `
    daemon off;
    worker_processes 1;
    pid ${join(folder, 'nginx.pid')};
    events { worker_connections 2048; }
    http {
      access_log off;
      keepalive_timeout 600s;
      keepalive_requests 100000000;
      ${places.join('\n      ')}
      ${http}
    }`
  writeFileSync(file, conf)
  return startProgram(nginx, ['-e', 'stderr', '-c', file], port)
}
