<?php
// Takes webhooks of an open platform: believes them only when their signature is right (Standard Webhooks), answers 204, logs each.
// 接收开放平台推送的事件：签名正确才相信（Standard Webhooks），应答 204，并写入日志。
//
//   APP_SECRET=... php -S 0.0.0.0:8080 receive.php     (or behind any web server)
//
// PHP 7.4 or later.

declare(strict_types=1);

const TOLERANCE_SECONDS = 300;

$appSecret = getenv('APP_SECRET') ?: ''; // @fill appSecret

$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
if (!isGenuine($appSecret, $id, $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '', $body)) {
    http_response_code(401);
    exit;
}
// An event may come twice: keep its id, and do nothing the second time. Answer soon, and work on it afterwards.
error_log("{$_SERVER['REQUEST_URI']} $id $body");
http_response_code(204);

/** The signature is over the bytes as they came: check before you parse. */
function isGenuine(string $appSecret, string $id, string $timestamp, string $signature, string $body): bool
{
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $appSecret, true));
    // Several stand here while the secret is being changed.
    foreach (explode(' ', $signature) as $one) {
        if (hash_equals($expected, $one)) {
            return true;
        }
    }
    return false;
}
