using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using System.Data;
using System.Data.SqlClient;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Mail;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using System.Xml.Serialization;
using Mono.Data.Sqlite;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Orders.Kind;
using static Orders.Recorder;

namespace Orders {
  public enum Currency { EUR, USD, CHF }
  public class Order { public string Id; public int Quantity; public Currency Currency; public DateTime PlacedAt; public List<string> Lines; [JsonProperty(Required = Required.Default)] public Guid Customer; }
  public class Strict { [JsonProperty(Required = Required.Always)] public string AccessToken; public int TimeoutSeconds; }
  public class Checked { [Required] public string AuthToken { get; set; } [Range(1, 900)] public int TimeoutSeconds { get; set; } }
  public class Session { public Session Next; public string Token; }
  public static class Settings { public static readonly string Url = new Uri(Environment.GetEnvironmentVariable("ORDERS_TOKEN_URL")).Host; }
  public class CreditLimitException : Exception { public CreditLimitException(string m) : base(m) { } }
  public class BrokenCircuitException : Exception { public BrokenCircuitException(string m, Exception inner) : base(m, inner) { } }
  public class ChildFailedException : Exception { public ChildFailedException(string m) : base(m) { } }

  public static class Scenarios {
    static readonly string scratch = Environment.GetEnvironmentVariable("SCRATCH");

    // servers
    static int Serve(Action<TcpClient> talk) {
      var listener = new TcpListener(IPAddress.Loopback, 0);
      listener.Start();
      new Thread(() => { while (true) { var client = listener.AcceptTcpClient(); new Thread(() => { try { using (client) talk(client); } catch (Exception) { /* the client went away */ } }) { IsBackground = true }.Start(); } }) { IsBackground = true }.Start();
      return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
    static int Closed() { var l = new TcpListener(IPAddress.Loopback, 0); l.Start(); var port = ((IPEndPoint)l.LocalEndpoint).Port; l.Stop(); return port; }
    static int Silent() { return Serve(c => Thread.Sleep(20000)); }
    static void Head(TcpClient client) { var reader = new StreamReader(client.GetStream()); while (!string.IsNullOrEmpty(reader.ReadLine())) { } }
    static void Say(TcpClient client, string text) { var bytes = Encoding.UTF8.GetBytes(text); client.GetStream().Write(bytes, 0, bytes.Length); }
    static string Answer(string status, string path, string body, string headers = "") {
      return "http://127.0.0.1:" + Serve(c => { Head(c); Say(c, "HTTP/1.1 " + status + "\r\nContent-Length: " + Encoding.UTF8.GetByteCount(body) + "\r\nConnection: close\r\n" + headers + "\r\n" + body); Thread.Sleep(100); }) + path;
    }
    static string Raw(string text, string path) { return "http://127.0.0.1:" + Serve(c => { Head(c); Say(c, text); Thread.Sleep(100); }) + path; }
    static string Url(int port, string path) { return "http://127.0.0.1:" + port + path; }
    static readonly List<object> keep = new List<object>();
    public static void Release() { foreach (var kept in keep.OfType<IDisposable>()) kept.Dispose(); keep.Clear(); GC.Collect(); }
    static int Full() {
      var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
      server.Bind(new IPEndPoint(IPAddress.Loopback, 0)); server.Listen(0); keep.Add(server);
      for (int i = 0; i < 4; i++) { var c = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); c.BeginConnect(server.LocalEndPoint, null, null); keep.Add(c); }
      Thread.Sleep(200);
      return ((IPEndPoint)server.LocalEndPoint).Port;
    }
    static int Tls(string store, bool client) {
      var certificate = new X509Certificate2(scratch + "/" + store + ".pfx", "changeit");
      return Serve(c => { var tls = new SslStream(c.GetStream(), false, (a, b, d, f) => b != null); tls.AuthenticateAsServer(certificate, client, System.Security.Authentication.SslProtocols.Tls12, false); tls.ReadByte(); Thread.Sleep(100); });
    }
    static int Smtp(params string[] answers) {
      return Serve(c => { var reader = new StreamReader(c.GetStream()); Say(c, "220 mail.example.com ESMTP\r\n"); foreach (var a in answers) { reader.ReadLine(); Say(c, a + "\r\n"); } Thread.Sleep(300); });
    }

    // clients
    static string Get(string url) { using (var client = new HttpClient()) { var response = client.GetAsync(url).Result; response.EnsureSuccessStatusCode(); return response.Content.ReadAsStringAsync().Result; } }
    static void Http(Action action) { try { action(); } catch (AggregateException e) { System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException).Throw(); } }
    /// <summary>As consumers write it: status and body become the message.</summary>
    static string Api(string url) {
      using (var client = new HttpClient()) {
        var response = client.GetAsync(url).Result; var body = response.Content.ReadAsStringAsync().Result;
        if (!response.IsSuccessStatusCode) throw new ApiException((int)response.StatusCode, "GET " + new Uri(url).AbsolutePath + " failed with " + (int)response.StatusCode + " (" + response.ReasonPhrase + "): " + body);
        return body;
      }
    }
    static string Web(string url) { using (var client = new WebClient()) return client.DownloadString(url); }
    static string Timed(string url, int ms) { var r = (HttpWebRequest)WebRequest.Create(url); r.Timeout = ms; r.ReadWriteTimeout = ms; using (var a = r.GetResponse()) return new StreamReader(a.GetResponseStream()).ReadToEnd(); }
    static void Mail(int port, int timeout = 2000) { using (var client = new SmtpClient("127.0.0.1", port) { Timeout = timeout }) client.Send("orders@example.com", "jo@example.net", "order", "503"); }
    static void Sql(int port) { using (var c = new SqlConnection("Server=127.0.0.1," + port + ";Database=orders;User Id=consumer;Password=secret;Connection Timeout=1;Pooling=false")) c.Open(); }
    static void Lite(params string[] statements) { using (var c = new SqliteConnection("Data Source=:memory:")) { c.Open(); foreach (var s in statements) using (var command = c.CreateCommand()) { command.CommandText = s; command.ExecuteNonQuery(); } } }
    static void Amqp(int port) { new RabbitMQ.Client.ConnectionFactory { HostName = "127.0.0.1", Port = port }.CreateConnection(); }
    static void Ssl(int port, string host, params string[] accept) { using (var c = new TcpClient("127.0.0.1", port)) using (var tls = new SslStream(c.GetStream())) { tls.AuthenticateAsClient(host); } }
    static void Shell(string script) {
      var start = new ProcessStartInfo("bash", "-c \"" + script + "\"") { UseShellExecute = false, RedirectStandardError = true };
      using (var p = Process.Start(start)) { var text = p.StandardError.ReadToEnd().Trim(); p.WaitForExit(); throw new ChildFailedException("invoice renderer exited with code " + p.ExitCode + (text == "" ? "" : ": " + text)); }
    }
    static void Xsd(string xml) {
      var schemas = new XmlSchemaSet();
      schemas.Add(null, XmlReader.Create(new StringReader("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='order'><xs:complexType><xs:sequence><xs:element name='limit' type='xs:int'/></xs:sequence></xs:complexType></xs:element></xs:schema>")));
      XDocument.Parse(xml).Validate(schemas, null);
    }
    static void Decrypt(byte[] data) { using (var aes = Aes.Create()) { aes.Key = new byte[32]; aes.IV = new byte[16]; aes.CreateDecryptor().TransformFinalBlock(data, 0, data.Length); } }
    static int Deep(int n) { return Deep(n + 1) + 1; }
    static byte[] Bytes(string text) { return Encoding.UTF8.GetBytes(text); }

    public static void Table() {
      // the message's body cannot be decoded
      Fail("json-cut", BAD_PAYLOAD, "the body's JSON is cut off", () => JsonConvert.DeserializeObject<Order>("{\"Id\":\"A-503\",\"Lines\":[\"X1\""), "parts", "order", "lambda");
      Fail("json-token", BAD_PAYLOAD, "the body is plain text", () => JObject.Parse("token=abc&order=401"), "parts", "log");
      Fail("json-after", BAD_PAYLOAD, "the body's JSON lacks a comma", () => JsonConvert.DeserializeObject<Dictionary<string, string>>("{\"a\":\"429\" \"b\":\"1\"}"), "message", "inner");
      Fail("json-serializer", BAD_PAYLOAD, "the body is XML where JSON was due", () => new System.Web.Script.Serialization.JavaScriptSerializer().DeserializeObject("<order id='503'/>"), "parts", "typed");
      Fail("json-contract", BAD_PAYLOAD, "the body's JSON ends early", () => new DataContractJsonSerializer(typeof(Order)).ReadObject(new MemoryStream(Bytes("{\"Id\":\"A-429\",\"Quantity\":"))), "parts", "root");
      Fail("xml-root", BAD_PAYLOAD, "the body is JSON where XML was due", () => XDocument.Parse("{\"order\":503}"), "parts", "order");
      Fail("xml-end", BAD_PAYLOAD, "the body's XML has tags that do not match", () => new XmlDocument().LoadXml("<order><timeout>30</order>"), "parts", "message").Misleading();
      Fail("xml-serializer", BAD_PAYLOAD, "the body's XML ends early", () => new XmlSerializer(typeof(Order)).Deserialize(new StringReader("<Order><Id>401</Id>")), "parts", "lambda");
      Fail("base64", BAD_PAYLOAD, "the body is JSON where base64 was due", () => Convert.FromBase64String("{\"id\":401}"), "parts", "order");
      Fail("gzip", BAD_PAYLOAD, "the body is not compressed", () => new GZipStream(new MemoryStream(Bytes("{\"order\":503}  plain")), CompressionMode.Decompress).CopyTo(new MemoryStream()), "parts", "inner");
      Fail("utf8", BAD_PAYLOAD, "the body is not UTF-8", () => new UTF8Encoding(false, true).GetString(new byte[] { 77, 0xfc, 108, 108 }), "parts", "console");
      Fail("decrypt", BAD_PAYLOAD, "the body is encrypted with another key", () => Decrypt(new byte[32]), "parts").Misleading().Accept(AUTH_FAILURE);
      Fail("binary", BAD_PAYLOAD, "the body is JSON where a serialized object was due", () => new System.Runtime.Serialization.Formatters.Binary.BinaryFormatter().Deserialize(new MemoryStream(Bytes("{\"order\":4290,\"quota\":1}"))), "typed");
      Fail("short-record", BAD_PAYLOAD, "the body's record ends early", () => { var r = new BinaryReader(new MemoryStream(new byte[] { 200, 1, 65 })); r.ReadInt16(); r.ReadInt64(); }, "parts", "root").Misleading();

      // the data breaks a rule
      Fail("json-type", VALIDATION_ERROR, "the quantity is a word", () => JsonConvert.DeserializeObject<Order>("{\"Quantity\":\"three\"}"), "parts", "order", "lambda").Misleading();
      Fail("json-required", VALIDATION_ERROR, "a required property is missing", () => JsonConvert.DeserializeObject<Strict>("{\"TimeoutSeconds\":503}"), "parts", "message").Misleading();
      Fail("json-enum", VALIDATION_ERROR, "the currency is none of the known", () => JsonConvert.DeserializeObject<Order>("{\"Currency\":\"BTC\"}"), "message", "aggregate");
      Fail("format", VALIDATION_ERROR, "the amount is not a number", () => int.Parse("12 EUR", CultureInfo.InvariantCulture), "parts", "order").Accept(BAD_PAYLOAD, CODE_BUG);
      Fail("guid", VALIDATION_ERROR, "the customer's id is no GUID", () => Guid.Parse("customer-401"), "parts").Accept(BAD_PAYLOAD);
      Fail("date", VALIDATION_ERROR, "the date does not exist", () => DateTime.ParseExact("2024-02-30", "yyyy-MM-dd", CultureInfo.InvariantCulture), "typed", "lambda");
      Fail("overflow", VALIDATION_ERROR, "the quantity is too large for its type", () => byte.Parse("4290"), "parts", "nested");
      Fail("annotations", VALIDATION_ERROR, "the order breaks a constraint of its class", () => { var o = new Checked { TimeoutSeconds = 3600 }; Validator.ValidateObject(o, new System.ComponentModel.DataAnnotations.ValidationContext(o, null, null), true); }, "parts", "message").Misleading();
      Fail("annotations-range", VALIDATION_ERROR, "the order breaks a range of its class", () => { var o = new Checked { AuthToken = "x", TimeoutSeconds = 3600 }; Validator.ValidateObject(o, new System.ComponentModel.DataAnnotations.ValidationContext(o, null, null), true); }, "parts", "order").Misleading();
      Fail("xsd", VALIDATION_ERROR, "the XML breaks a type of its schema", () => Xsd("<order><limit>five</limit></order>"), "parts");
      Fail("rule", VALIDATION_ERROR, "the order is over the customer's credit limit", () => { throw new CreditLimitException("Order A-429 rejected: total 1503.00 exceeds the credit limit 1000.00 of customer 401"); }, "parts", "invoke");
      Fail("mail-address", VALIDATION_ERROR, "the e-mail address is not one", () => new MailAddress("jo at example"), "parts", "order").Accept(BAD_PAYLOAD);
      Fail("sqlite-unique", VALIDATION_ERROR, "the order exists already", () => Lite("CREATE TABLE o (id INT UNIQUE)", "INSERT INTO o VALUES (503)", "INSERT INTO o VALUES (503)"), "parts", "log");
      Fail("api-422", VALIDATION_ERROR, "the upstream refuses a field", () => Http(() => Api(Answer("422 Unprocessable Entity", "/orders/401", "{\"errors\":{\"token\":[\"must not be longer than 64\"]}}"))), "parts", "message").Misleading();
      Fail("api-500-validation", VALIDATION_ERROR, "a gateway's 500 around a refused field", () => Api(Answer("500 Internal Server Error", "/gateway/orders", "{\"error\":\"InvoiceService: 422 quantity must be positive\"}")), "parts", "order").Misleading();
      Fail("web-404", VALIDATION_ERROR, "the upstream knows no such order", () => Web(Answer("404 Not Found", "/orders/503", "")), "parts", "typed");
      Fail("smtp-recipient", VALIDATION_ERROR, "the mail server knows no such recipient", () => Mail(Smtp("250 mail", "250 ok", "550 5.1.1 User unknown", "250 ok")), "parts", "root");

      // a log-in or a grant is missing
      Fail("http-401", AUTH_FAILURE, "the upstream answers 401", () => Http(() => Get(Answer("401 Unauthorized", "/orders/503", "", "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"))), "parts", "order", "lambda");
      Fail("web-403", AUTH_FAILURE, "the upstream answers 403", () => Web(Answer("403 Forbidden", "/orders/429", "")), "parts", "log");
      Fail("web-401", AUTH_FAILURE, "the upstream answers 401 in a task", () => Task.Run(() => Web(Answer("401 Unauthorized", "/stock/504", ""))).Wait(), "parts", "root");
      Fail("api-grant", AUTH_FAILURE, "the token endpoint refuses the client's secret", () => Http(() => Api(Answer("400 Bad Request", "/oauth/token", "{\"error\":\"invalid_client\",\"error_description\":\"client secret is expired\"}"))), "parts", "nested").Misleading();
      Fail("api-500-login", AUTH_FAILURE, "a gateway's 500 around a refused token", () => Api(Answer("500 Internal Server Error", "/gateway/stock", "{\"message\":\"stock answered 401: jwt expired\"}")), "parts", "order").Misleading();
      Fail("ftp-login", AUTH_FAILURE, "the FTP server refuses the log-in", () => WebRequest.Create("ftp://orders:guess@127.0.0.1:" + Serve(c => { var r = new StreamReader(c.GetStream()); Say(c, "220 ready\r\n"); r.ReadLine(); Say(c, "331 password\r\n"); r.ReadLine(); Say(c, "530 Login incorrect.\r\n"); Thread.Sleep(300); }) + "/out/503.csv").GetResponse(), "parts", "message");
      Fail("smtp-login", AUTH_FAILURE, "the mail server wants a log-in", () => Mail(Smtp("250 mail", "530 5.7.0 Authentication required", "250 ok")), "parts", "inner");
      Fail("api-403-key", AUTH_FAILURE, "the upstream refuses a disabled API key", () => Http(() => Api(Answer("403 Forbidden", "/v1/rates/503", "{\"message\":\"API key 4f..2a is disabled\"}"))), "message", "inner");
      Fail("web-407", AUTH_FAILURE, "the proxy wants a log-in", () => Web(Answer("407 Proxy Authentication Required", "/orders/504", "")), "parts");

      // time ran out
      Fail("http-timeout", TIMEOUT, "the upstream stays silent for the client's time-out", () => Http(() => { using (var c = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) }) { var x = c.GetStringAsync(Url(Silent(), "/orders/503")).Result; } }), "parts", "order").Misleading().Accept(UNKNOWN);
      Fail("http-timeout-wait", TIMEOUT, "the same, seen through Wait()", () => { using (var c = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) }) c.GetStringAsync(Url(Silent(), "/orders/401")).Wait(); }, "parts").Misleading().Accept(UNKNOWN);
      Fail("web-timeout", TIMEOUT, "the upstream stays silent", () => Timed(Url(Silent(), "/orders/429"), 300), "parts", "lambda");
      Fail("web-connect", TIMEOUT, "the server takes no connection", () => Timed(Url(Full(), "/orders/500"), 400), "message", "retry");
      Fail("web-504", TIMEOUT, "the gateway answers 504", () => Web(Answer("504 Gateway Timeout", "/prices/401", "")), "parts", "typed");
      Fail("task-wait", TIMEOUT, "a task did not end in time", () => { if (!Task.Delay(5000).Wait(60)) throw new TimeoutException(); }, "typed", "inner");
      Fail("socket-read", TIMEOUT, "a socket's read did not end in time", () => { using (var c = new TcpClient("127.0.0.1", Silent()) { ReceiveTimeout = 200 }) c.GetStream().ReadByte(); }, "parts", "root").Misleading().Accept(DEPENDENCY_FAILURE);
      Fail("token-cancelled", TIMEOUT, "a deadline of the consumer's own cancels the work", () => { var s = new CancellationTokenSource(60); try { Task.Delay(5000, s.Token).GetAwaiter().GetResult(); } catch (OperationCanceledException e) { throw new TimeoutException("order 401 cancelled after its deadline of 60 ms", e); } }, "parts", "message").Misleading();
      Fail("api-500-timeout", TIMEOUT, "a gateway's 500 around a deadline", () => Http(() => Api(Answer("500 Internal Server Error", "/gateway/stock/401", "{\"error\":\"stock: context deadline exceeded\"}"))), "parts", "order").Misleading();
      Fail("wait-any", TIMEOUT, "the slower of two tasks is given up after its time", () => { if (Task.WaitAny(new Task[] { Task.Delay(5000) }, 50) < 0) throw new TimeoutException("reserve-stock for order 429 did not finish within 00:00:00.0500000"); }, "parts", "lambda");
      Fail("lock-wait", TIMEOUT, "a database lock was not granted in time", () => { var path = "Data Source=" + scratch + "/orders.db;Default Timeout=1"; using (var a = new SqliteConnection(path)) using (var b = new SqliteConnection(path)) { a.Open(); b.Open(); foreach (var s in new[] { "CREATE TABLE IF NOT EXISTS o (id INT)", "BEGIN IMMEDIATE" }) using (var x = a.CreateCommand()) { x.CommandText = s; x.ExecuteNonQuery(); } using (var y = b.CreateCommand()) { y.CommandText = "INSERT INTO o VALUES (1)"; y.ExecuteNonQuery(); } } }, "parts").Accept(DEPENDENCY_FAILURE);

      // too fast
      Fail("http-429", THROTTLED, "the upstream answers 429", () => Http(() => Get(Answer("429 Too Many Requests", "/orders/503", ""))), "parts", "order", "lambda");
      Fail("web-429", THROTTLED, "the upstream answers 429", () => Web(Answer("429 Too Many Requests", "/orders/401", "")), "parts", "inner");
      Fail("api-403-rate", THROTTLED, "a 403 that means a rate limit", () => Http(() => Api(Answer("403 Forbidden", "/search", "{\"message\":\"You have exceeded a secondary rate limit\"}"))), "parts", "message").Misleading();
      Fail("api-503-slow", THROTTLED, "a 503 that means slow down", () => Http(() => Api(Answer("503 Slow Down", "/bucket/401.json", "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"))), "parts", "order").Misleading();
      Fail("api-400-throttle", THROTTLED, "a 400 that means throttling", () => Http(() => Api(Answer("400 Bad Request", "/table/orders", "{\"__type\":\"ThrottlingException\",\"message\":\"Rate of requests exceeds the allowed throughput.\"}"))), "parts", "nested").Misleading();
      Fail("api-500-429", THROTTLED, "a gateway's 500 around a 429", () => Api(Answer("500 Internal Server Error", "/gateway/prices", "{\"error\":\"prices: Too Many Requests, retry after 30 s\"}")), "parts", "log").Misleading();
      Fail("smtp-rate", THROTTLED, "the mail server wants fewer messages", () => Mail(Smtp("250 mail", "450 4.7.1 too many messages from this sender, slow down", "250 ok")), "parts", "message");
      Fail("api-quota", THROTTLED, "the month's quota is used up", () => Http(() => Api(Answer("402 Payment Required", "/translate", "{\"error\":\"Monthly call volume quota exceeded. Quota will be replenished in 4 days.\"}"))), "parts", "typed");
      Fail("retry-after", THROTTLED, "the upstream answers 429, five times", () => Http(() => { try { Api(Answer("429 Too Many Requests", "/prices/401", "")); } catch (AggregateException) { throw; } catch (ApiException e) { throw new RetriesExhaustedException("gave up on prices after 5 attempts in 8812 ms", e); } }), "parts", "log");

      // something else must recover
      Fail("http-refused", DEPENDENCY_FAILURE, "nobody listens", () => Http(() => Get(Url(Closed(), "/orders/401"))), "parts", "order", "lambda");
      Fail("http-refused-wait", DEPENDENCY_FAILURE, "nobody listens, seen through Wait()", () => Get(Url(Closed(), "/orders/429")), "parts", "aggregate");
      Fail("dns", DEPENDENCY_FAILURE, "the host's name has no address", () => Web("http://auth.orders.invalid/token"), "parts", "typed").Accept(CODE_BUG);
      Fail("web-500", DEPENDENCY_FAILURE, "the upstream answers 500", () => Web(Answer("500 Internal Server Error", "/orders/401", "")), "parts", "message");
      Fail("http-503", DEPENDENCY_FAILURE, "the upstream answers 503", () => Http(() => Get(Answer("503 Service Unavailable", "/orders/429", ""))), "parts", "retry");
      Fail("http-half", DEPENDENCY_FAILURE, "the server hangs up within its answer", () => Http(() => Get(Raw("HTTP/1.1 200 OK\r\nContent-Length: 429\r\n\r\nhalf", "/orders/401"))), "parts", "root");
      Fail("smtp-hangup", DEPENDENCY_FAILURE, "the mail server hangs up", () => Mail(Serve(c => { })), "parts", "console");
      Fail("web-nothing", DEPENDENCY_FAILURE, "the server hangs up without an answer", () => Web(Raw("", "/orders/504")), "parts", "order");
      Fail("socket-reset", DEPENDENCY_FAILURE, "the server resets the connection", () => { using (var c = new TcpClient("127.0.0.1", Serve(s => { s.GetStream().ReadByte(); s.LingerState = new LingerOption(true, 0); s.Client.Close(); }))) { c.GetStream().WriteByte(1); c.GetStream().ReadByte(); } }, "parts", "log");
      Fail("html-json", DEPENDENCY_FAILURE, "the upstream answers an HTML page with 200", () => JObject.Parse(Api(Answer("200 OK", "/rates", "<html><title>Maintenance</title></html>"))), "parts").Misleading().Accept(BAD_PAYLOAD);
      Fail("sql-stopped", DEPENDENCY_FAILURE, "the SQL server is stopped", () => Sql(Closed()), "parts", "order");
      Fail("amqp-stopped", DEPENDENCY_FAILURE, "the broker is stopped", () => Amqp(Closed()), "parts", "typed");
      Fail("tls-untrusted", DEPENDENCY_FAILURE, "the server's certificate is self-signed", () => Ssl(Tls("server", false), "127.0.0.1"), "parts", "root").Misleading();
      Fail("https-untrusted", DEPENDENCY_FAILURE, "the server's certificate is self-signed", () => Web("https://127.0.0.1:" + Tls("server", false) + "/token"), "parts", "lambda").Misleading();
      Fail("tls-plain", DEPENDENCY_FAILURE, "the server speaks no TLS", () => Ssl(Serve(c => { Say(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); Thread.Sleep(200); }), "127.0.0.1"), "parts").Misleading().Accept(CODE_BUG);
      Fail("circuit", DEPENDENCY_FAILURE, "the consumer's circuit breaker is open", () => { try { Web(Url(Closed(), "/stock")); } catch (WebException e) { throw new BrokenCircuitException("Circuit for stock-api is open and allows no calls for another 4290 ms", e); } }, "parts", "order");
      Fail("api-500-memory", DEPENDENCY_FAILURE, "the upstream's own memory is full", () => Http(() => Api(Answer("500 Internal Server Error", "/render/413", "System.OutOfMemoryException: Insufficient memory to continue the execution of the program."))), "parts").Misleading();
      Fail("smtp-unavailable", DEPENDENCY_FAILURE, "the mail server shuts down", () => Mail(Smtp("421 4.3.2 Service shutting down", "421 4.3.2 Service shutting down")), "parts", "message");

      // our machine is full
      Fail("memory", RESOURCE_EXHAUSTED, "the heap is full", () => { var kept = new List<byte[]>(); while (true) kept.Add(new byte[40000000]); }, "parts", "order", "lambda").Child("ulimit -v 700000;");
      Fail("files", RESOURCE_EXHAUSTED, "all file descriptors are open", () => { while (true) keep.Add(new FileStream("/etc/hostname", FileMode.Open, FileAccess.Read)); }, "parts", "inner").Child("ulimit -n 60;");
      Fail("sockets", RESOURCE_EXHAUSTED, "all file descriptors are sockets", () => { while (true) keep.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)); }, "parts", "typed").Child("ulimit -n 60;").Misleading();
      Fail("disk", RESOURCE_EXHAUSTED, "the disk is full", () => { using (var f = new FileStream("/dev/full", FileMode.Open, FileAccess.Write)) { f.Write(new byte[9000], 0, 9000); f.Flush(); } }, "parts", "order");
      Fail("sqlite-full", RESOURCE_EXHAUSTED, "the database's file may not grow further", () => Lite("PRAGMA max_page_count = 4", "CREATE TABLE o (a)", "INSERT INTO o VALUES (zeroblob(90000))"), "parts", "log");
      Fail("fork", RESOURCE_EXHAUSTED, "no descriptor is left for a child process", () => { try { while (true) keep.Add(new FileStream("/etc/hostname", FileMode.Open, FileAccess.Read)); } catch (IOException) { } Shell("true"); }, "parts", "typed").Child("ulimit -n 60;");
      Fail("child-killed", RESOURCE_EXHAUSTED, "a child process is killed as by the kernel for its memory", () => Shell("kill -9 $$"), "message", "nested");
      Fail("pool-wait", RESOURCE_EXHAUSTED, "no connection of the consumer's own pool came free in time", () => { if (!new SemaphoreSlim(0).Wait(30)) throw new TimeoutException("no connection of the pool (size 8, in use 8) became free within 30 ms"); }, "parts", "order").Misleading().Accept(TIMEOUT);
      Fail("queue-full", RESOURCE_EXHAUSTED, "the consumer's own buffer of work is full", () => { var q = new BlockingCollection<int>(2); for (int i = 0; i < 5; i++) if (!q.TryAdd(i, 20)) throw new InvalidOperationException("work queue is full (2 of 2), order 429 refused"); }, "typed", "lambda").Accept(THROTTLED).Misleading();

      // bugs of our own
      Fail("null", CODE_BUG, "a field that was never set is used", () => Console.WriteLine(new Session().Next.Token.Length), "parts", "order", "lambda");
      Fail("recursion", CODE_BUG, "an endless recursion", () => Deep(0), "parts", "inner").Child("").Accept(RESOURCE_EXHAUSTED);
      Fail("null-task", CODE_BUG, "the same in a task", () => Task.Run(() => new Session().Token.Trim()).Wait(), "parts", "root");
      Fail("key", CODE_BUG, "a dictionary of our own lacks a key", () => Console.WriteLine(new Dictionary<string, string>()["rate-limit"]), "parts", "message").Misleading().Accept(VALIDATION_ERROR);
      Fail("index", CODE_BUG, "an index behind the end", () => { var retries = new int[400]; retries[int.Parse("429")]++; }, "parts", "log");
      Fail("range", CODE_BUG, "an index behind the end of a list", () => new List<int> { 1 }.RemoveAt(503), "parts", "message");
      Fail("cast", CODE_BUG, "an object is cast to another class", () => { object token = "abc"; var s = (Session)token; }, "parts", "typed");
      Fail("zero", CODE_BUG, "a division by zero", () => { var n = keep.Count - keep.Count; Console.WriteLine(500 / n); }, "typed", "invoke");
      Fail("modified", CODE_BUG, "a list is changed while it is read", () => { var l = new List<int> { 1, 2 }; foreach (var i in l) l.Add(i); }, "parts", "unhandled");
      Fail("first", CODE_BUG, "the first element of an empty list is taken", () => new List<int>().First(), "parts", "order").Accept(VALIDATION_ERROR);
      Fail("settings", CODE_BUG, "a required setting is missing when a class is initialized", () => Console.WriteLine(Settings.Url), "parts", "tostring").Misleading();
      Fail("assembly", CODE_BUG, "an assembly that was not shipped", () => System.Reflection.Assembly.Load("Orders.Throttling, Version=4.2.9.0"), "parts", "message");
      Fail("method", CODE_BUG, "a method that the class does not have", () => typeof(Session).GetMethod("RefreshToken").Invoke(null, null), "parts");
      Fail("disposed", CODE_BUG, "a client is used after its end", () => Http(() => { var c = new HttpClient(); c.Dispose(); var x = c.GetAsync("http://127.0.0.1/").Result; }), "parts", "order");
      Fail("dispose-semaphore", CODE_BUG, "a semaphore is released too often", () => new SemaphoreSlim(1, 1).Release(), "parts").Misleading();
      Fail("native", CODE_BUG, "a native library that was not shipped", () => Native.orders_limit(), "parts", "lambda");
      Fail("file", CODE_BUG, "a template that was not shipped", () => File.ReadAllText(scratch + "/invoice-503.html"), "parts", "message");
      Fail("directory", CODE_BUG, "a directory is opened as a file", () => File.ReadAllText(scratch), "parts", "order").Misleading().Accept(AUTH_FAILURE);
      Fail("stringformat", CODE_BUG, "a format string does not fit its arguments", () => string.Format("{0} of {1}", 429), "message", "typed").Misleading();
      Fail("sqlite-table", CODE_BUG, "a table that was never made", () => Lite("SELECT * FROM order_limits"), "parts", "order");
      Fail("connection-closed", CODE_BUG, "a command runs on a connection that was never opened", () => { using (var c = new SqliteConnection("Data Source=:memory:")) using (var x = c.CreateCommand()) { x.CommandText = "SELECT 1"; x.ExecuteNonQuery(); } }, "parts");
      Fail("http-uri", CODE_BUG, "the configured URL lacks its scheme", () => Http(() => Get("orders-api/token")), "parts", "message");
      Fail("negative-timeout", CODE_BUG, "a negative time-out is configured", () => { new HttpClient().Timeout = TimeSpan.FromSeconds(-5); }, "parts", "order").Misleading().Accept(VALIDATION_ERROR);

      // two causes side by side
      Fail("aggregate-two", AUTH_FAILURE, "one call was refused for its token, another found nobody", () => Task.WaitAll(Task.Run(() => Web(Url(Closed(), "/prices"))), Task.Run(() => Web(Answer("401 Unauthorized", "/stock/1", "")))), "parts", "tostring").Misleading();
      Fail("aggregate-busy", VALIDATION_ERROR, "one call was throttled, another refused for its data", () => Task.WaitAll(Task.Run(() => Web(Answer("429 Too Many Requests", "/prices", ""))), Task.Run(() => Api(Answer("422 Unprocessable Entity", "/orders/503", "{\"error\":\"quantity must be positive\"}")))), "parts").Misleading();

      // nothing to go by
      Fail("plain", UNKNOWN, "an exception without a message", () => { throw new Exception(); }, "message", "order");
      Fail("aggregate-only", UNKNOWN, "only the wrapper's message is reported", () => Task.Run(() => { throw new Exception(); }).Wait(), "message", "typed");
      Fail("invoke-only", UNKNOWN, "only the wrapper of a reflective call is reported", () => typeof(Recorder).GetMethod("Throw").Invoke(null, new object[] { new Exception() }), "message");
      Fail("apology", UNKNOWN, "a message that only apologizes", () => { throw new ApplicationException("Oops, order 401 could not be handled. Please try again later."); }, "parts", "log").Misleading();
      Fail("child-exit", UNKNOWN, "a child process says nothing", () => Shell("exit 3"), "parts");
      Fail("retries-bare", UNKNOWN, "a wrapper that keeps no cause", () => { throw new RetriesExhaustedException("gave up on order 503 after 5 attempts", null); }, "parts", "nested");
      Fail("cancelled", UNKNOWN, "a task was cancelled, nobody says why", () => { var t = new TaskCompletionSource<int>(); t.SetCanceled(); t.Task.Wait(); }, "parts").Accept(TIMEOUT);
      Fail("object", UNKNOWN, "an exception whose message is a class's name", () => { throw new Exception(new object().ToString()); }, "message", "order");
      Fail("notified", UNKNOWN, "a message for the eyes of users only", () => { throw new Exception("An error has occurred. Error reference: 503-429."); }, "parts", "nested").Misleading();
      Fail("dropped", UNKNOWN, "the cause was dropped on rethrowing", () => { try { int.Parse("x"); } catch (FormatException) { throw new OrderProcessingException("could not handle message 4290", null); } }, "parts", "lambda");
    }
  }
  static class Native { [System.Runtime.InteropServices.DllImport("orders_native")] public static extern int orders_limit(); }
}
