// What a browser finds at `/` until the console lives there.

export const homePage = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kaimen 开门</title>
<h1>Kaimen 开门</h1>
<p>开放平台正在运行。管理接口：<a href="/openapi.json">/openapi.json</a>，状态：<a href="/healthz">/healthz</a>。</p>
<p lang="en">The open platform is running. Management API: <a href="/openapi.json">/openapi.json</a>, health: <a href="/healthz">/healthz</a>.</p>
</html>
`
