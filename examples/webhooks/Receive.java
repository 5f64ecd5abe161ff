// Takes webhooks of an open platform: believes them only when their signature is right (Standard Webhooks), answers 204, prints each.
// 接收开放平台推送的事件：签名正确才相信（Standard Webhooks），应答 204，并打印。
//
//   APP_SECRET=... PORT=8080 java Receive.java
//
// Java 11 or later, nothing to install.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Receive {
  static final String APP_SECRET = System.getenv("APP_SECRET"); // @fill appSecret
  static final int PORT = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")); // @fill port

  static final long TOLERANCE_SECONDS = 300;
  static final int BYTES_MAX = 1024 * 1024;

  public static void main(String[] args) throws Exception {
    var server = HttpServer.create(new InetSocketAddress(PORT), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", exchange -> {
      try (exchange) {
        exchange.sendResponseHeaders(statusFor(exchange), -1);
      }
    });
    server.start();
  }

  static int statusFor(HttpExchange exchange) {
    try {
      byte[] body = exchange.getRequestBody().readNBytes(BYTES_MAX + 1);
      if (body.length > BYTES_MAX) return 413;
      var fields = exchange.getRequestHeaders();
      String id = fields.getFirst("webhook-id");
      if (!isGenuine(id, fields.getFirst("webhook-timestamp"), fields.getFirst("webhook-signature"), body)) return 401;
      // An event may come twice: keep its id, and do nothing the second time. Answer soon, and work on it afterwards.
      System.out.println(exchange.getRequestURI() + " " + id + " " + new String(body, UTF_8));
      return 204;
    } catch (Exception error) {
      return 500;
    }
  }

  /** The signature is over the bytes as they came: check before you parse. */
  static boolean isGenuine(String id, String timestamp, String signature, byte[] body) throws Exception {
    if (id == null || signature == null || timestamp == null || !timestamp.matches("\\d{1,12}")) return false;
    if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE_SECONDS) return false;
    Mac hmac = Mac.getInstance("HmacSHA256");
    hmac.init(new SecretKeySpec(APP_SECRET.getBytes(UTF_8), "HmacSHA256"));
    hmac.update((id + "." + timestamp + ".").getBytes(UTF_8));
    byte[] expected = ("v1," + Base64.getEncoder().encodeToString(hmac.doFinal(body))).getBytes(UTF_8);
    // Several stand here while the secret is being changed.
    for (String one : signature.split(" ")) if (MessageDigest.isEqual(one.getBytes(UTF_8), expected)) return true;
    return false;
  }
}
