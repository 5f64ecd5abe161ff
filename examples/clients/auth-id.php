<?php
// Makes one call of an open platform by scheme auth-id, for partners whose code has it: gets a token if the interface wants one, signs,
// sends, prints each answer as a line of JSON.
// 以 auth-id 方案（authId、requestTime 与请求头 token）调用开放平台的一个接口；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/site/car/parking/v1/ php auth-id.php
//
// PLATFORM_KEY is the platform's publicKey, which its operator tells. PHP 7.4 or later, without extensions.

declare(strict_types=1);

$gatewayUrl = getenv('GATEWAY_URL'); // @fill gatewayUrl
$appId = getenv('APP_ID'); // @fill appId
$appSecret = getenv('APP_SECRET'); // @fill appSecret
$platformKey = getenv('PLATFORM_KEY') ?: '58Ajk2015HoppingYear';
$security = 'token+sign'; // @fill security
$method = 'POST'; // @fill method
$path = getenv('API_PATH'); // @fill path
$parameters = ['plate' => '京A·12345', 'fen' => 1250, 'items' => [['name' => '东门 停车', 'hours' => 2.5]]]; // @fill parameters

$requestTime = (string) (int) (microtime(true) * 1000);
// The values of the parameters, in the order of their names, without anything between them.
$sorted = array_map('textOf', $parameters);
ksort($sorted);
$fields = ['token' => md5($platformKey . $appSecret . $requestTime . implode('', $sorted))];

$query = ['authId' => $appId, 'requestTime' => $requestTime];
$body = null;
if (strpos($security, 'token') === 0) {
    $fields['authorization'] = 'Bearer ' . getToken();
}
// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
if ($method === 'POST' || $method === 'PUT') {
    $fields['content-type'] = 'application/json';
    $body = jsonOf((object) $parameters);
} else {
    $query += $sorted;
}
send($method, $path . '?' . http_build_query($query, '', '&', PHP_QUERY_RFC3986), $fields, $body);

/** A token is asked for by scheme hmac-sha256. */
function getToken(): string
{
    global $appId, $appSecret;
    $path = '/openapi/token/generate';
    $own = ['appId' => $appId, 'nonce' => bin2hex(random_bytes(16)), 'signType' => 'hmac-sha256', 'timestamp' => (int) (microtime(true) * 1000)];
    $sign = hash_hmac('sha256', "POST\n$path\n" . urldecode(http_build_query($own)), $appSecret, true);
    $body = jsonOf($own + ['sign' => base64_encode($sign)]);
    return json_decode(send('POST', $path, ['content-type' => 'application/json'], $body), true)['data']['token'];
}

function send(string $method, string $target, array $fields, ?string $body): string
{
    global $gatewayUrl;
    $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1, 'header' => ['Connection: close']];
    foreach ($fields as $name => $value) {
        $http['header'][] = "$name: $value";
    }
    if ($body !== null) {
        $http['content'] = $body;
    }
    $stream = fopen($gatewayUrl . $target, 'r', false, stream_context_create(['http' => $http]));
    $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
    $answer = stream_get_contents($stream);
    echo '{"status":', $status, ',"answer":', $answer, "}\n";
    if ($status !== 200) {
        exit(1);
    }
    return $answer;
}

/** A text stays as it is; a number, a list or an object is its JSON, written just as the body has it. */
function textOf($value): string
{
    return is_string($value) ? $value : ($value === null ? '' : jsonOf($value));
}

function jsonOf($value): string
{
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
