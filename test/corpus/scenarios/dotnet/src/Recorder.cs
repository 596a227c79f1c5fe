using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;

namespace Orders {
  public enum Kind { AUTH_FAILURE, VALIDATION_ERROR, BAD_PAYLOAD, TIMEOUT, THROTTLED, DEPENDENCY_FAILURE, RESOURCE_EXHAUSTED, CODE_BUG, UNKNOWN }

  /// <summary>One way to fail. <c>Child</c> runs it in a process of its own, under that shell prefix.</summary>
  public class Scenario {
    public string Name, Cause, Prefix; public Kind Kind; public string[] Wraps; public Action Action;
    public Kind[] Accepted = new Kind[0]; public bool IsMisleading;
    public Scenario Misleading() { IsMisleading = true; return this; }
    public Scenario Accept(params Kind[] kinds) { Accepted = kinds; return this; }
    public Scenario Child(string prefix) { Prefix = prefix; return this; }
  }

  public class OrderProcessingException : Exception { public OrderProcessingException(string message, Exception inner) : base(message, inner) { } }
  public class RetriesExhaustedException : Exception { public RetriesExhaustedException(string message, Exception inner) : base(message, inner) { } }
  public class ApiException : Exception { public readonly int Status; public ApiException(int status, string message) : base(message) { Status = status; } }

  /// <summary>Runs each scenario and writes down what its failure looks like in the wrappings that it names.</summary>
  public static class Recorder {
    static readonly List<Scenario> all = new List<Scenario>();
    static readonly int[] numbers = { 8812, 503, 4290, 401, 504, 1429, 500, 4031, 413, 137, 5432, 408, 409 };
    static readonly string scratch = Environment.GetEnvironmentVariable("SCRATCH");

    public static Scenario Fail(string name, Kind kind, string cause, Action action, params string[] wraps) {
      var scenario = new Scenario { Name = name, Kind = kind, Cause = cause, Action = action, Wraps = wraps };
      all.Add(scenario);
      return scenario;
    }

    public static int Main(string[] args) {
      Scenarios.Table();
      var only = args.Skip(1).ToArray();
      foreach (var scenario in all) {
        if (only.Length > 0 && !only.Contains(scenario.Name)) continue;
        if (scenario.Prefix != null && only.Length != 1) Child(scenario, args[0]);
        else File.AppendAllLines(args[0], Record(scenario));
      }
      Environment.Exit(0);
      return 0;
    }

    static void Child(Scenario scenario, string file) {
      var part = file + ".part";
      var command = scenario.Prefix + " exec mono '" + Assembly.GetExecutingAssembly().Location + "' " + part + " " + scenario.Name;
      var start = new ProcessStartInfo("bash", "-c \"" + command + "\"") { UseShellExecute = false };
      using (var process = Process.Start(start)) if (!process.WaitForExit(90000)) process.Kill();
      if (File.Exists(part)) { File.AppendAllText(file, File.ReadAllText(part)); File.Delete(part); }
      else Console.Error.WriteLine("no record of " + scenario.Name);
    }

    static IEnumerable<string> Record(Scenario scenario) {
      foreach (var wrap in scenario.Wraps) JsonConvert.SerializeObject(Wrap("warm", wrap, new Exception())); // loads what a full process cannot load any more
      var failure = Run(scenario.Action);
      Scenarios.Release();
      if (failure == null) { Console.Error.WriteLine("did not fail: " + scenario.Name); yield break; }
      foreach (var wrap in scenario.Wraps)
        yield return JsonConvert.SerializeObject(new Dictionary<string, object> {
          { "id", "dotnet/" + scenario.Name + "#" + wrap }, { "scenario", "dotnet/" + scenario.Name }, { "class", scenario.Kind.ToString() },
          { "accept", scenario.Accepted.Select(k => k.ToString()) }, { "misleading", scenario.IsMisleading }, { "cause", scenario.Cause },
          { "evidence", Wrap(scenario.Name, wrap, failure) } });
    }

    public static Exception Run(Action action) {
      Exception failure = null;
      var thread = new Thread(() => { try { action(); } catch (Exception error) { failure = error; } }) { IsBackground = true };
      thread.Start();
      thread.Join(60000);
      return failure;
    }

    static Dictionary<string, string> Wrap(string name, string wrap, Exception e) {
      int n = numbers[name.Sum(c => (int)c) % numbers.Length];
      switch (wrap) {
        case "parts": return Evidence(e);
        case "message": return Only(e.Message);
        case "typed": return Only(e.GetType().FullName + ": " + e.Message);
        case "tostring": return Only(Short(e.ToString()));
        case "order": return Only("failed to process order " + n + ": " + e.Message);
        case "root": return Only("Order " + n + " failed: " + e.GetBaseException().GetType().Name + ": " + e.GetBaseException().Message);
        case "log": return Only("2024-05-0" + (1 + n % 9) + " 10:" + (10 + n % 50) + ":29.401 +00:00 [ERR] Message " + n + " failed after " + (n + 90) + " ms\n" + Short(e.ToString()));
        case "console": return Only("fail: Orders.Consumer.OrderWorker[" + n + "]\n      Could not process message " + n + "\n" + Short(e.ToString()));
        case "unhandled": return Only("Unhandled Exception:\n" + Short(e.ToString()));
        case "lambda": return Only(JsonConvert.SerializeObject(Lambda(e)));
        case "nested": return Only(JsonConvert.SerializeObject(new { statusCode = 500, body = JsonConvert.SerializeObject(new { error = e.GetType().Name + ": " + e.Message, orderId = n }) }));
        case "inner": return Evidence(Thrown(new OrderProcessingException("Message " + n + " of batch " + n % 17 + " was not processed", e)));
        case "retry": return Evidence(Thrown(new RetriesExhaustedException("gave up after 5 attempts in " + (n + 3000) + " ms", e)));
        case "aggregate": return Evidence(Run(() => Task.Run(() => { throw e; }).Wait()));
        case "invoke": return Evidence(Run(() => typeof(Recorder).GetMethod("Throw").Invoke(null, new object[] { e })));
        case "type": return Evidence(Run(() => { try { throw e; } catch (Exception x) { throw new TypeInitializationException("Orders.Settings", x); } }));
        default: throw new ArgumentException(wrap);
      }
    }

    public static void Throw(Exception e) { throw e; }
    static Exception Thrown(Exception e) { return Run(() => { throw e; }); }

    static Dictionary<string, string> Evidence(Exception e) {
      var evidence = new Dictionary<string, string> { { "errorType", e.GetType().FullName }, { "errorMessage", Cut(e.Message, 2000) }, { "stack", Cut(Short(e.ToString()), 3000) } };
      var api = e as ApiException;
      var web = e as System.Net.WebException;
      if (api != null) evidence["httpStatus"] = api.Status.ToString();
      if (web != null && web.Response is System.Net.HttpWebResponse) evidence["httpStatus"] = ((int)((System.Net.HttpWebResponse)web.Response).StatusCode).ToString();
      return evidence;
    }
    static Dictionary<string, string> Only(string message) { return new Dictionary<string, string> { { "errorMessage", Cut(message, 2000) } }; }

    /// <summary>The error JSON of AWS Lambda's .NET runtime.</summary>
    static Dictionary<string, object> Lambda(Exception e) {
      var json = new Dictionary<string, object> { { "errorType", e.GetType().Name }, { "errorMessage", e.Message },
        { "stackTrace", Short(e.StackTrace ?? "").Split('\n').Select(l => l.Trim()).Where(l => l != "").Take(5) } };
      if (e.InnerException != null) json["cause"] = Lambda(e.InnerException);
      return json;
    }

    /// <summary>Keeps at most five frames of each exception, as loggers do; Mono's offsets and module ids go.</summary>
    static string Short(string text) {
      var frames = 0;
      var kept = new List<string>();
      foreach (var line in text.Split('\n')) {
        var frame = Regex.IsMatch(line, @"^\s+at ");
        if (!frame) frames = 0;
        if (frame && ++frames > 5) continue;
        kept.Add(Regex.Replace(line, @" \[0x[0-9a-f]+\] in <[0-9a-f]+(#[0-9a-f]+)?>:0\s*$", ""));
      }
      return string.Join("\n", kept);
    }
    static string Cut(string text, int length) {
      text = text.Replace(scratch, "/var/task").Replace("/usr/lib/mono", "/var/task/mono");
      return text.Length > length ? text.Substring(0, length) : text;
    }
  }
}
