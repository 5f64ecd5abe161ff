// Makes one call of an open platform by scheme auth-id, for partners whose code has it: gets a token if the interface wants one, signs,
// sends, prints each answer as a line of JSON.
// 以 auth-id 方案（authId、requestTime 与请求头 token）调用开放平台的一个接口；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/site/car/parking/v1/ java AuthId.java
//
// PLATFORM_KEY is the platform's publicKey, which its operator tells. Java 11 or later, nothing to install.

import java.math.BigInteger;
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
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

public class AuthId {
  static final String GATEWAY_URL = System.getenv("GATEWAY_URL"); // @fill gatewayUrl
  static final String APP_ID = System.getenv("APP_ID"); // @fill appId
  static final String APP_SECRET = System.getenv("APP_SECRET"); // @fill appSecret
  static final String PLATFORM_KEY = System.getenv().getOrDefault("PLATFORM_KEY", "58Ajk2015HoppingYear");
  static final String SECURITY = "token+sign"; // @fill security
  static final String METHOD = "POST"; // @fill method
  static final String API_PATH = System.getenv("API_PATH"); // @fill path
  static final Map<String, Object> PARAMETERS = mapOf("plate", "京A·12345", "fen", 1250, "items", listOf(mapOf("name", "东门 停车", "hours", 2.5))); // @fill parameters

  public static void main(String[] args) throws Exception {
    String requestTime = String.valueOf(System.currentTimeMillis());
    // The values of the parameters, in the order of their names, without anything between them.
    String values = new TreeMap<>(PARAMETERS).values().stream().map(AuthId::textOf).collect(Collectors.joining());
    byte[] md5 = MessageDigest.getInstance("MD5").digest((PLATFORM_KEY + APP_SECRET + requestTime + values).getBytes(UTF_8));

    var fields = new LinkedHashMap<String, String>();
    fields.put("token", String.format("%032x", new BigInteger(1, md5)));
    if (SECURITY.startsWith("token")) fields.put("authorization", "Bearer " + getToken());
    var query = mapOf("authId", APP_ID, "requestTime", requestTime);
    // Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
    String body = "";
    if (METHOD.equals("POST") || METHOD.equals("PUT")) {
      fields.put("content-type", "application/json");
      body = jsonOf(PARAMETERS);
    } else query.putAll(PARAMETERS);
    String pairs = query.entrySet().stream()
        .map(each -> URLEncoder.encode(each.getKey(), UTF_8) + "=" + URLEncoder.encode(textOf(each.getValue()), UTF_8))
        .collect(Collectors.joining("&"));
    send(METHOD, API_PATH + "?" + pairs, fields, body);
  }

  /** A token is asked for by scheme hmac-sha256. */
  static String getToken() throws Exception {
    String path = "/openapi/token/generate", nonce = UUID.randomUUID().toString();
    long timestamp = System.currentTimeMillis();
    String canonical = "appId=" + APP_ID + "&nonce=" + nonce + "&signType=hmac-sha256&timestamp=" + timestamp;
    Mac hmac = Mac.getInstance("HmacSHA256");
    hmac.init(new SecretKeySpec(APP_SECRET.getBytes(UTF_8), "HmacSHA256"));
    String sign = Base64.getEncoder().encodeToString(hmac.doFinal(("POST\n" + path + "\n" + canonical).getBytes(UTF_8)));
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

  /** Names and values in turn. */
  static Map<String, Object> mapOf(Object... pairs) {
    var map = new LinkedHashMap<String, Object>();
    for (int at = 0; at < pairs.length; at += 2) map.put((String) pairs[at], pairs[at + 1]);
    return map;
  }

  static List<Object> listOf(Object... items) {
    return Arrays.asList(items);
  }

  /** A text stays as it is; a number, a list or an object is its JSON, written just as the body has it. */
  static String textOf(Object value) {
    if (value == null) return "";
    return value instanceof String ? (String) value : jsonOf(value);
  }

  // A JSON library does as well, as long as the body and what is hashed are written by the same one, without spaces.
  static String jsonOf(Object value) {
    if (value instanceof Map) {
      return ((Map<?, ?>) value).entrySet().stream()
          .map(each -> quoted((String) each.getKey()) + ":" + jsonOf(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List) return ((List<?>) value).stream().map(AuthId::jsonOf).collect(Collectors.joining(",", "[", "]"));
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
