// Makes one call of an open platform, signed as an HTTP message (RFC 9421): gets a token if the interface wants one, signs, sends,
// prints each answer as a line of JSON.
// 以 HTTP 消息签名（RFC 9421）调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking java Rfc9421.java
//
// Scheme rfc9421 by the app's secret; by a key that the app registered, `keyid` is appId:keyId and `alg` that of the key.
// Java 11 or later, nothing to install.

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Rfc9421 {
  static final String GATEWAY_URL = System.getenv("GATEWAY_URL"); // @fill gatewayUrl
  static final String APP_ID = System.getenv("APP_ID"); // @fill appId
  static final String APP_SECRET = System.getenv("APP_SECRET"); // @fill appSecret
  static final String SECURITY = "token+sign"; // @fill security
  static final String METHOD = "POST"; // @fill method
  static final String API_PATH = System.getenv("API_PATH"); // @fill path
  static final Map<String, Object> PARAMETERS = mapOf("plate", "京A·12345", "fen", 1250, "items", listOf(mapOf("name", "东门 停车", "hours", 2.5))); // @fill parameters

  public static void main(String[] args) throws Exception {
    var fields = new LinkedHashMap<String, String>();
    if (SECURITY.startsWith("token")) fields.put("authorization", "Bearer " + getToken());
    // Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
    String query = "", body = "";
    if (METHOD.equals("POST") || METHOD.equals("PUT")) {
      body = jsonOf(PARAMETERS);
      fields.put("content-type", "application/json");
      fields.put("content-digest", "sha-256=:" + base64(MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8))) + ":");
    } else {
      query = PARAMETERS.entrySet().stream()
          .map(each -> URLEncoder.encode(each.getKey(), UTF_8) + "=" + URLEncoder.encode(textOf(each.getValue()), UTF_8))
          .collect(Collectors.joining("&", "?", ""));
    }
    sign(query, fields);
    send(METHOD, API_PATH + query, fields, body);
  }

  /** A line for each part of the request that is signed, and at the end what is said of the signature. */
  static void sign(String query, Map<String, String> fields) throws Exception {
    var parts = new LinkedHashMap<String, String>();
    parts.put("@method", METHOD);
    parts.put("@authority", URI.create(GATEWAY_URL).getAuthority());
    parts.put("@path", API_PATH);
    parts.put("@query", query.isEmpty() ? "?" : query);
    parts.putAll(fields);
    String names = parts.keySet().stream().map(name -> '"' + name + '"').collect(Collectors.joining(" ", "(", ")"));
    String input = names + ";created=" + System.currentTimeMillis() / 1000 + ";keyid=\"" + APP_ID + "\";alg=\"hmac-sha256\";nonce=\""
        + UUID.randomUUID() + "\";tag=\"kaimen\"";
    String base = parts.entrySet().stream().map(each -> '"' + each.getKey() + "\": " + each.getValue() + "\n").collect(Collectors.joining());
    fields.put("signature-input", "sig=" + input);
    fields.put("signature", "sig=:" + hmac(base + "\"@signature-params\": " + input) + ":");
  }

  /** A token is asked for by scheme hmac-sha256: the signature stands among the parameters. */
  static String getToken() throws Exception {
    String path = "/openapi/token/generate", nonce = UUID.randomUUID().toString();
    long timestamp = System.currentTimeMillis();
    String canonical = "appId=" + APP_ID + "&nonce=" + nonce + "&signType=hmac-sha256&timestamp=" + timestamp;
    String sign = hmac("POST\n" + path + "\n" + canonical);
    String body = jsonOf(mapOf("appId", APP_ID, "nonce", nonce, "signType", "hmac-sha256", "timestamp", timestamp, "sign", sign));
    var found = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(send("POST", path, Map.of("content-type", "application/json"), body));
    found.find();
    return found.group(1);
  }

  static String send(String method, String target, Map<String, String> fields, String body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(GATEWAY_URL + target));
    fields.forEach(request::header);
    request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString(UTF_8));
    System.out.println("{\"status\":" + response.statusCode() + ",\"answer\":" + response.body() + "}");
    if (response.statusCode() != 200) System.exit(1);
    return response.body();
  }

  static String hmac(String text) throws Exception {
    Mac hmac = Mac.getInstance("HmacSHA256");
    hmac.init(new SecretKeySpec(APP_SECRET.getBytes(UTF_8), "HmacSHA256"));
    return base64(hmac.doFinal(text.getBytes(UTF_8)));
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Names and values in turn. */
  static Map<String, Object> mapOf(Object... pairs) {
    var map = new LinkedHashMap<String, Object>();
    for (int at = 0; at < pairs.length; at += 2) map.put((String) pairs[at], pairs[at + 1]);
    return map;
  }

  static List<Object> listOf(Object... items) {
    return Arrays.asList(items);
  }

  static String textOf(Object value) {
    if (value == null) return "";
    return value instanceof String ? (String) value : jsonOf(value);
  }

  // A JSON library does as well.
  static String jsonOf(Object value) {
    if (value instanceof Map) {
      return ((Map<?, ?>) value).entrySet().stream()
          .map(each -> quoted((String) each.getKey()) + ":" + jsonOf(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List) return ((List<?>) value).stream().map(Rfc9421::jsonOf).collect(Collectors.joining(",", "[", "]"));
    return value instanceof String ? quoted((String) value) : String.valueOf(value);
  }

  static String quoted(String text) {
    var json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') json.append('\\').append(c);
      else if (c < ' ') json.append(String.format("\\u%04x", (int) c));
      else json.append(c);
    }
    return json.append('"').toString();
  }
}
