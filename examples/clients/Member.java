// Logs a member in (source 001), calls an interface as that member, refreshes the tokens; prints each answer as a line of JSON.
// 会员登录换取 token，以会员身份调用一个接口，再刷新 token；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... MEMBER=... PASSWORD=... API_PATH=/api/v1/member/info java Member.java
//
// Java 11 or later, nothing to install.

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

import static java.nio.charset.StandardCharsets.UTF_8;

public class Member {
  static final String GATEWAY_URL = System.getenv("GATEWAY_URL"); // @fill gatewayUrl
  static final String APP_ID = System.getenv("APP_ID"); // @fill appId
  static final String APP_SECRET = System.getenv("APP_SECRET"); // @fill appSecret
  static final String METHOD = "GET"; // @fill method
  static final String API_PATH = System.getenv("API_PATH"); // @fill path
  static final Map<String, Object> PARAMETERS = mapOf(); // @fill parameters

  public static void main(String[] args) throws Exception {
    var login = mapOf("username", System.getenv("MEMBER"), "password", System.getenv("PASSWORD"), "nonce", UUID.randomUUID().toString(),
        "timestamp", System.currentTimeMillis() / 1000, "appid", APP_ID, "appsecret", APP_SECRET);
    login.put("sign", sign(login));
    String tokens = ask("POST", "/api/v1/token", login, null);
    String uid = fieldIn(tokens, "uid");
    String proof = APP_ID + ":" + fieldIn(tokens, "access_token") + ":" + uid;
    ask(METHOD, API_PATH, PARAMETERS, uid + " " + Base64.getEncoder().encodeToString(proof.getBytes(UTF_8)));
    ask("POST", "/api/v1/token/refresh", mapOf("refresh_token", fieldIn(tokens, "refresh_token")), null);
  }

  /** name=value of every field, in the order of the names, the secret last; values as they are, not as a URL writes them. */
  static String sign(Map<String, Object> fields) throws Exception {
    String pairs = new TreeMap<>(fields).entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).collect(Collectors.joining("&"));
    byte[] md5 = MessageDigest.getInstance("MD5").digest((pairs + "&key=" + APP_SECRET).getBytes(UTF_8));
    return String.format("%032x", new BigInteger(1, md5));
  }

  /** Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
  static String ask(String method, String path, Map<String, Object> parameters, String authentication) throws Exception {
    var request = HttpRequest.newBuilder();
    if (authentication != null) request.header("authentication", authentication);
    if (method.equals("POST") || method.equals("PUT")) {
      request.uri(URI.create(GATEWAY_URL + path)).header("Content-Type", "application/json");
      request.method(method, BodyPublishers.ofString(jsonOf(parameters)));
    } else {
      String query = parameters.entrySet().stream()
          .map(each -> URLEncoder.encode(each.getKey(), UTF_8) + "=" + URLEncoder.encode(textOf(each.getValue()), UTF_8))
          .collect(Collectors.joining("&"));
      request.uri(URI.create(GATEWAY_URL + path + "?" + query)).method(method, BodyPublishers.noBody());
    }
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

  static String textOf(Object value) {
    if (value == null) return "";
    return value instanceof String ? (String) value : jsonOf(value);
  }

  // A JSON library reads and writes as well.
  static String fieldIn(String json, String name) {
    var found = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
    found.find();
    return found.group(1);
  }

  static String jsonOf(Object value) {
    if (value instanceof Map) {
      return ((Map<?, ?>) value).entrySet().stream()
          .map(each -> quoted((String) each.getKey()) + ":" + jsonOf(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List) return ((List<?>) value).stream().map(Member::jsonOf).collect(Collectors.joining(",", "[", "]"));
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
