// What a browser finds when the platform was started without `npm`, which builds the console first.

export const unbuiltPage = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kaimen 开门</title>
<h1>Kaimen 开门</h1>
<p>开放平台正在运行，但控制台尚未构建：请用 <code>npm start</code> 启动，或先运行 <code>node bin/console.mjs</code>。</p>
<p lang="en">The open platform is running, but its console was not built: start by <code>npm start</code>, or run <code>node bin/console.mjs</code> first.</p>
</html>
`
