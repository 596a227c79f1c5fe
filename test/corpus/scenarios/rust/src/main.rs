// Makes Rust fail in known ways and prints what it says: one JSON line for every wrapping of every scenario.
// `consumer` runs them all, `consumer <scenario>` runs one in this process and unwraps what it returns.
use serde::Deserialize;
use std::collections::HashMap;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

struct Scenario {
    name: &'static str,
    class: &'static str,
    cause: &'static str,
    wraps: &'static str, // some of display debug chain order log lambda json | panic (a child unwraps the error)
    accept: &'static [&'static str],
    misleading: bool,
    run: fn() -> Outcome,
}

const NUMBERS: [u32; 8] = [503, 8812, 4290, 401, 200429, 5000, 422, 1404]; // ids that look like statuses now and then

fn port(name: &str) -> u16 { std::env::var(name).unwrap().parse().unwrap() }
fn at(name: &str) -> SocketAddr { SocketAddr::from(([127, 0, 0, 1], port(name))) }
fn url(path: &str) -> String { format!("{}/{}", std::env::var("HTTP").unwrap(), path) }
fn wait(ms: u64) -> Duration { Duration::from_millis(ms) }

fn get(path: &str) -> Outcome {
    let client = reqwest::blocking::Client::builder().timeout(wait(500)).build()?;
    let response = client.get(url(path)).send()?;
    let status = response.status();
    if status.is_success() {
        response.json::<serde_json::Value>()?;
        return Ok(());
    }
    Err(format!("POST /v1/orders: unexpected status {}: {}", status, response.text()?).into())
}
fn sql(user: &str, password: &str, port_name: &str, statement: &str) -> Outcome {
    let text = format!("host=127.0.0.1 port={} user={} password={} dbname=shop sslmode=disable", port(port_name), user, password);
    let statement = statement.to_string();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async move {
        let (client, connection) = tokio_postgres::connect(&text, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute(&statement).await?;
        Ok(())
    })
}
fn https(name: &str) -> Outcome {
    let ca = reqwest::Certificate::from_pem(&std::fs::read(std::env::var("CA")?)?)?;
    let client = reqwest::blocking::Client::builder().timeout(wait(900)).add_root_certificate(ca).build()?;
    client.get(format!("https://localhost:{}/v1/orders/401", port(name))).send()?;
    Ok(())
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Order { id: u32, quantity: u32, token: String, channel: Channel }
#[derive(Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
enum Channel { Web, Shop }

#[derive(Clone, PartialEq, prost::Message)]
struct OrderPlaced {
    #[prost(uint32, tag = "1")]
    id: u32,
    #[prost(string, tag = "2")]
    token: String,
}
#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Claims { exp: usize }

fn order(body: &str) -> Outcome { serde_json::from_str::<Order>(body)?; Ok(()) }
fn context(what: &'static str, outcome: Outcome) -> Outcome {
    outcome.map_err(|e| anyhow::anyhow!(e).context(what).into())
}

const SCENARIOS: &[Scenario] = &[
    // the log-in
    Scenario { name: "pg-password", class: "AUTH_FAILURE", cause: "the password of the database user is wrong", wraps: "display debug", accept: &[], misleading: false, run: || sql("shop", "wrong", "PG_PORT", "select 1") },
    Scenario { name: "pg-hba", class: "AUTH_FAILURE", cause: "the user may connect with TLS only", wraps: "order", accept: &[], misleading: true, run: || context("could not connect to the orders database", sql("tlsonly", "right", "PG_PORT", "select 1")) },
    Scenario { name: "jwt-expired", class: "AUTH_FAILURE", cause: "the token expired long ago", wraps: "display debug panic", accept: &[], misleading: false, run: || {
        let key = jsonwebtoken::EncodingKey::from_secret(b"k");
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &serde_json::json!({"exp": 1}), &key)?;
        jsonwebtoken::decode::<Claims>(&token, &jsonwebtoken::DecodingKey::from_secret(b"k"), &jsonwebtoken::Validation::default())?;
        Ok(())
    } },
    Scenario { name: "jwt-signature", class: "AUTH_FAILURE", cause: "the token is signed with another key", wraps: "order", accept: &[], misleading: false, run: || {
        let key = jsonwebtoken::EncodingKey::from_secret(b"other");
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &serde_json::json!({"exp": 1}), &key)?;
        jsonwebtoken::decode::<Claims>(&token, &jsonwebtoken::DecodingKey::from_secret(b"k"), &jsonwebtoken::Validation::default())?;
        Ok(())
    } },
    Scenario { name: "http-grant-400", class: "AUTH_FAILURE", cause: "the token endpoint answers 400 since the refresh token was revoked", wraps: "display", accept: &[], misleading: true, run: || get("grant400") },
    Scenario { name: "http-inner-401", class: "AUTH_FAILURE", cause: "the API answers 500 since its upstream refused its signature", wraps: "lambda", accept: &[], misleading: true, run: || get("inner500auth") },
    Scenario { name: "tls-client", class: "AUTH_FAILURE", cause: "the server wants a client certificate", wraps: "chain", accept: &[], misleading: true, run: || https("TLS_MUTUAL_PORT") },
    // the data
    Scenario { name: "json-field", class: "VALIDATION_ERROR", cause: "the JSON has no token", wraps: "display order", accept: &[], misleading: true, run: || order(r#"{"id": 8812, "quantity": 2, "channel": "web"}"#) },
    Scenario { name: "json-type", class: "VALIDATION_ERROR", cause: "the quantity is a text in well-formed JSON", wraps: "display panic", accept: &[], misleading: true, run: || order(r#"{"id": 8812, "quantity": "two"}"#) },
    Scenario { name: "json-variant", class: "VALIDATION_ERROR", cause: "the channel is none of the known ones", wraps: "json", accept: &[], misleading: false, run: || order(r#"{"id": 8812, "quantity": 2, "token": "x", "channel": "phone"}"#) },
    Scenario { name: "pg-unique", class: "VALIDATION_ERROR", cause: "the reference exists already", wraps: "chain debug", accept: &[], misleading: false, run: || sql("shop", "right", "PG_PORT", "insert into orders values (401, 1, 5, 'x@y.example', 'R-429')") },
    Scenario { name: "parse-int", class: "VALIDATION_ERROR", cause: "the field quantity holds a word", wraps: "order panic", accept: &["BAD_PAYLOAD"], misleading: true, run: || context("field quantity", "two".parse::<u32>().map(|_| ()).map_err(|e| e.into())) },
    Scenario { name: "uuid", class: "VALIDATION_ERROR", cause: "the field order_id is no UUID", wraps: "display", accept: &["BAD_PAYLOAD"], misleading: false, run: || context("invalid order_id", uuid::Uuid::parse_str("order-503").map(|_| ()).map_err(|e| e.into())) },
    Scenario { name: "date", class: "VALIDATION_ERROR", cause: "the field delivery_date is no date", wraps: "order", accept: &["BAD_PAYLOAD"], misleading: false, run: || context("field delivery_date", chrono::NaiveDate::parse_from_str("31.31.2023", "%Y-%m-%d").map(|_| ()).map_err(|e| e.into())) },
    Scenario { name: "http-422", class: "VALIDATION_ERROR", cause: "the API refuses the field timeout", wraps: "display", accept: &[], misleading: true, run: || get("invalid422") },
    // the body
    Scenario { name: "json-syntax", class: "BAD_PAYLOAD", cause: "the body is no JSON", wraps: "display debug", accept: &[], misleading: false, run: || order("order=503&quantity=2") },
    Scenario { name: "json-empty", class: "BAD_PAYLOAD", cause: "the body is empty", wraps: "panic", accept: &[], misleading: true, run: || order("") },
    Scenario { name: "json-cut", class: "BAD_PAYLOAD", cause: "the body is cut within a string", wraps: "order", accept: &[], misleading: false, run: || context("cannot deserialize the message body", order(r#"{"id": 429, "token": "abc"#)) },
    Scenario { name: "utf8", class: "BAD_PAYLOAD", cause: "the body holds bytes that are not UTF-8", wraps: "display debug panic", accept: &[], misleading: false, run: || { String::from_utf8(b"caf\xe9 503".to_vec())?; Ok(()) } },
    Scenario { name: "base64", class: "BAD_PAYLOAD", cause: "the body is not base64", wraps: "display debug", accept: &[], misleading: false, run: || { base64::decode("not base64: *")?; Ok(()) } },
    Scenario { name: "protobuf", class: "BAD_PAYLOAD", cause: "the body is JSON and not protobuf", wraps: "display debug", accept: &[], misleading: false, run: || { <OrderPlaced as prost::Message>::decode(&br#"{"id": 401}"#[..])?; Ok(()) } },
    Scenario { name: "msgpack", class: "BAD_PAYLOAD", cause: "the MessagePack body is cut", wraps: "debug", accept: &[], misleading: true, run: || { rmp_serde::from_slice::<HashMap<String, String>>(&[0x82, 0xa2, b'i'])?; Ok(()) } },
    Scenario { name: "gzip", class: "BAD_PAYLOAD", cause: "the body is not gzip", wraps: "debug order", accept: &[], misleading: true, run: || { flate2::read::GzDecoder::new(&b"order 8812, two pieces"[..]).read_to_end(&mut vec![])?; Ok(()) } },
    Scenario { name: "xml", class: "BAD_PAYLOAD", cause: "an element of the XML body is not closed", wraps: "display debug", accept: &[], misleading: false, run: || { quick_xml::de::from_str::<HashMap<String, String>>("<order><id>503</id><lines></order>")?; Ok(()) } },
    Scenario { name: "csv", class: "BAD_PAYLOAD", cause: "a line of the CSV body has too many fields", wraps: "display", accept: &["VALIDATION_ERROR"], misleading: false, run: || { for line in csv::Reader::from_reader(&b"id,sku\n503,a,429\n"[..]).records() { line?; } Ok(()) } },
    // the time
    Scenario { name: "http-timeout", class: "TIMEOUT", cause: "the server does not answer", wraps: "chain debug", accept: &[], misleading: false, run: || get("slow") },
    Scenario { name: "http-body-timeout", class: "TIMEOUT", cause: "the server stops in the middle of its JSON", wraps: "chain order", accept: &[], misleading: true, run: || get("slowbody") },
    Scenario { name: "connect-timeout", class: "TIMEOUT", cause: "the server's backlog is full", wraps: "display debug panic", accept: &[], misleading: false, run: || { TcpStream::connect_timeout(&at("FULL_PORT"), wait(300))?; Ok(()) } },
    Scenario { name: "read-timeout", class: "TIMEOUT", cause: "the server says nothing within the read time-out", wraps: "order debug", accept: &["DEPENDENCY_FAILURE"], misleading: true, run: || {
        let mut stream = TcpStream::connect(at("SILENT_PORT"))?;
        stream.set_read_timeout(Some(wait(200)))?;
        context("read_timeout 200ms reached while reading the reply", stream.read(&mut [0; 4]).map(|_| ()).map_err(|e| e.into()))
    } },
    Scenario { name: "tokio-elapsed", class: "TIMEOUT", cause: "the future ran out of time", wraps: "display debug panic", accept: &[], misleading: false, run: || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async { tokio::time::timeout(wait(50), tokio::time::sleep(wait(5000))).await })?;
        Ok(())
    } },
    Scenario { name: "pg-statement", class: "TIMEOUT", cause: "the statement took longer than statement_timeout", wraps: "chain", accept: &[], misleading: false, run: || sql("shop", "right", "PG_PORT", "set statement_timeout = 200; select pg_sleep(3)") },
    Scenario { name: "ureq-timeout", class: "TIMEOUT", cause: "the server does not answer", wraps: "display", accept: &[], misleading: true, run: || { ureq::get(&url("slow")).timeout(wait(300)).call()?; Ok(()) } },
    // the pace
    Scenario { name: "http-429", class: "THROTTLED", cause: "the API answers 429", wraps: "display panic", accept: &[], misleading: false, run: || get("limit429") },
    Scenario { name: "ureq-429", class: "THROTTLED", cause: "the API answers 429", wraps: "display debug", accept: &[], misleading: false, run: || { ureq::get(&url("limit429")).call()?; Ok(()) } },
    Scenario { name: "reqwest-429", class: "THROTTLED", cause: "the API answers 429", wraps: "debug order", accept: &[], misleading: false, run: || { reqwest::blocking::get(url("limit429"))?.error_for_status()?; Ok(()) } },
    Scenario { name: "http-403", class: "THROTTLED", cause: "the API answers 403 for a rate limit", wraps: "display lambda", accept: &[], misleading: true, run: || get("limit403") },
    Scenario { name: "http-503", class: "THROTTLED", cause: "the API answers 503 ServerBusy for the request rate", wraps: "order", accept: &[], misleading: true, run: || get("throttle503") },
    Scenario { name: "http-inner-429", class: "THROTTLED", cause: "the API answers 500 around a 429", wraps: "json", accept: &[], misleading: true, run: || get("throttle500") },
    // the others
    Scenario { name: "tcp-refused", class: "DEPENDENCY_FAILURE", cause: "nothing listens on the port", wraps: "debug panic", accept: &[], misleading: false, run: || { TcpStream::connect(at("CLOSED_PORT"))?; Ok(()) } },
    Scenario { name: "http-refused", class: "DEPENDENCY_FAILURE", cause: "nothing listens on the port", wraps: "chain debug", accept: &[], misleading: false, run: || { reqwest::blocking::get(format!("http://127.0.0.1:{}/v1/orders/429", port("CLOSED_PORT")))?; Ok(()) } },
    Scenario { name: "http-reset", class: "DEPENDENCY_FAILURE", cause: "the server resets the connection", wraps: "order", accept: &[], misleading: false, run: || get("reset") },
    Scenario { name: "http-hangup", class: "DEPENDENCY_FAILURE", cause: "the server hangs up in the middle of its JSON", wraps: "chain", accept: &[], misleading: true, run: || get("cut") },
    Scenario { name: "http-html", class: "DEPENDENCY_FAILURE", cause: "the upstream answers a maintenance page where JSON was expected", wraps: "chain debug", accept: &["BAD_PAYLOAD"], misleading: true, run: || context("GET http://inventory.internal:8080/v1/stock", get("html200")) },
    Scenario { name: "ureq-dns", class: "DEPENDENCY_FAILURE", cause: "the host name does not exist", wraps: "display", accept: &[], misleading: false, run: || { ureq::get("http://inventory.shop.invalid/v1/stock/503").call()?; Ok(()) } },
    Scenario { name: "ureq-502", class: "DEPENDENCY_FAILURE", cause: "the gateway answers 502", wraps: "json", accept: &[], misleading: false, run: || { ureq::get(&url("html502")).call()?; Ok(()) } },
    Scenario { name: "tls-expired", class: "DEPENDENCY_FAILURE", cause: "the server's certificate expired", wraps: "chain", accept: &[], misleading: true, run: || https("TLS_EXPIRED_PORT") },
    Scenario { name: "pg-shutdown", class: "DEPENDENCY_FAILURE", cause: "the database is shutting down", wraps: "display", accept: &[], misleading: false, run: || sql("shop", "right", "PG_CLOSING_PORT", "select 1") },
    Scenario { name: "broken-pipe", class: "DEPENDENCY_FAILURE", cause: "the other side hung up while the consumer was still writing", wraps: "debug", accept: &[], misleading: false, run: || {
        let mut stream = TcpStream::connect(at("HANGUP_PORT"))?;
        loop { stream.write_all(&[b'x'; 4096])?; std::thread::sleep(wait(20)); }
    } },
    // the room
    Scenario { name: "disk-full", class: "RESOURCE_EXHAUSTED", cause: "the disk is full", wraps: "order debug panic", accept: &[], misleading: false, run: || context("cannot write export.csv", std::fs::write(format!("{}/export.csv", std::env::var("TARGETS")?), "x").map_err(|e| e.into())) },
    Scenario { name: "open-files", class: "RESOURCE_EXHAUSTED", cause: "the process has no file descriptors left when it connects", wraps: "order debug", accept: &[], misleading: false, run: || {
        let mut all = vec![];
        loop { all.push(TcpStream::connect(at("SILENT_PORT"))?); }
    } },
    Scenario { name: "pg-clients", class: "RESOURCE_EXHAUSTED", cause: "the role has as many connections as it may", wraps: "chain", accept: &[], misleading: false, run: || {
        let mut child = Command::new("psql").args(["-h", "127.0.0.1", "-p", &port("PG_PORT").to_string(), "-U", "single", "-d", "shop", "-c", "select pg_sleep(2)"]).env("PGPASSWORD", "right").spawn()?;
        std::thread::sleep(wait(500));
        let outcome = sql("single", "right", "PG_PORT", "select 1");
        child.kill()?;
        child.wait()?;
        outcome
    } },
    Scenario { name: "allocation", class: "RESOURCE_EXHAUSTED", cause: "the process is at its memory limit", wraps: "panic", accept: &[], misleading: false, run: || { let mut all = vec![]; loop { all.push(vec![1u8; 64 << 20]); } } },
    Scenario { name: "reserve", class: "RESOURCE_EXHAUSTED", cause: "the allocator refuses the buffer", wraps: "display debug", accept: &["CODE_BUG"], misleading: false, run: || { Vec::<u8>::new().try_reserve(1 << 60)?; Ok(()) } },
    Scenario { name: "semaphore", class: "RESOURCE_EXHAUSTED", cause: "no permit of the own pool is free", wraps: "order", accept: &["THROTTLED"], misleading: false, run: || { context("no connection left in pool of 0", tokio::sync::Semaphore::new(0).try_acquire().map(|_| ()).map_err(|e| e.into())) } },
    // the code
    Scenario { name: "index", class: "CODE_BUG", cause: "the code takes the fourth of three", wraps: "panic", accept: &[], misleading: false, run: || { let all: Vec<u32> = "401 429 503".split(' ').filter_map(|n| n.parse().ok()).collect(); println!("{}", all[all.len()]); Ok(()) } },
    Scenario { name: "none", class: "CODE_BUG", cause: "the code unwraps None", wraps: "panic", accept: &[], misleading: false, run: || { let tokens: HashMap<&str, u32> = HashMap::new(); tokens.get("timeout").unwrap(); Ok(()) } },
    Scenario { name: "overflow", class: "CODE_BUG", cause: "the code subtracts more than there is", wraps: "panic", accept: &[], misleading: true, run: || { let limit: u32 = std::env::args().count() as u32; println!("{}", limit - 429); Ok(()) } },
    Scenario { name: "borrow", class: "CODE_BUG", cause: "the code borrows twice", wraps: "panic", accept: &[], misleading: true, run: || { let cell = std::cell::RefCell::new(1); let _first = cell.borrow_mut(); let _second = cell.borrow_mut(); Ok(()) } },
    Scenario { name: "no-runtime", class: "CODE_BUG", cause: "the code sleeps outside of a runtime", wraps: "panic", accept: &[], misleading: true, run: || { drop(tokio::time::sleep(wait(5000))); Ok(()) } },
    Scenario { name: "env", class: "CODE_BUG", cause: "the variable of the own configuration is not set", wraps: "order panic", accept: &[], misleading: true, run: || context("PAYMENTS_API_TOKEN", std::env::var("PAYMENTS_API_TOKEN").map(|_| ()).map_err(|e| e.into())) },
    Scenario { name: "toml", class: "CODE_BUG", cause: "the own configuration file lacks a key", wraps: "order", accept: &["VALIDATION_ERROR"], misleading: true, run: || context("reading /var/task/config.toml", toml::from_str::<Order>("id = 503").map(|_| ()).map_err(|e| e.into())) },
    Scenario { name: "stack", class: "CODE_BUG", cause: "a function calls itself for ever", wraps: "panic", accept: &["RESOURCE_EXHAUSTED"], misleading: true, run: || { fn again(n: u64) -> u64 { if n == u64::MAX { 0 } else { again(n + 1) + (n & 1) } } println!("{}", again(0)); Ok(()) } },
    Scenario { name: "todo", class: "CODE_BUG", cause: "the branch was never written", wraps: "panic", accept: &[], misleading: false, run: || todo!("refund of cancelled orders") },
    Scenario { name: "pg-syntax", class: "CODE_BUG", cause: "the own SQL has a syntax error", wraps: "chain debug", accept: &[], misleading: false, run: || sql("shop", "right", "PG_PORT", "select * form orders") },
    // nothing to go by
    Scenario { name: "explicit-panic", class: "UNKNOWN", cause: "the code panics without a reason", wraps: "panic", accept: &["CODE_BUG"], misleading: false, run: || panic!() },
    Scenario { name: "unit", class: "UNKNOWN", cause: "the code returns an error without a text", wraps: "panic lambda", accept: &["CODE_BUG"], misleading: false, run: || Err("".into()) },
    Scenario { name: "exit-status", class: "UNKNOWN", cause: "the child ended with 1 and said nothing", wraps: "display", accept: &[], misleading: false, run: || Err(format!("{}", Command::new("false").status()?).into()) },
    Scenario { name: "fmt", class: "UNKNOWN", cause: "the code turned its error into one without a content", wraps: "debug order", accept: &["CODE_BUG"], misleading: false, run: || Err(std::fmt::Error.into()) },
    Scenario { name: "recv", class: "UNKNOWN", cause: "the worker behind the channel is gone and nothing says why", wraps: "order", accept: &["CODE_BUG", "DEPENDENCY_FAILURE"], misleading: true, run: || { let (sender, receiver) = std::sync::mpsc::channel::<u8>(); drop(sender); receiver.recv()?; Ok(()) } },
];

// What a child says that runs the scenario and unwraps what it returns.
fn panicked(name: &str) -> String {
    let command = format!("ulimit -v 700000; exec {} {}", std::env::current_exe().unwrap().display(), name);
    let output = Command::new("sh").args(["-c", &command]).env("RUST_BACKTRACE", "1").output().unwrap();
    if output.status.success() { return "NOT PROVOKED".into(); }
    String::from_utf8_lossy(&output.stderr).trim().to_string()
}

fn evidence(how: &str, s: &Scenario, error: Box<dyn Error + Send + Sync>, number: u32) -> serde_json::Value {
    let debug = format!("{:?}", error);
    let display = error.to_string();
    let chain = anyhow::anyhow!(error);
    match how {
        "display" => serde_json::json!({"errorMessage": display}),
        "debug" => serde_json::json!({"errorMessage": format!("Error: {}", debug)}),
        "chain" => serde_json::json!({"errorMessage": format!("order {}: {:#}", number, chain)}),
        "order" => serde_json::json!({"errorMessage": format!("Error: {:?}", chain.context(format!("failed to process order {}", number)))}),
        "lambda" => serde_json::json!({"errorMessage": serde_json::json!({"errorType": "alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>", "errorMessage": display}).to_string()}),
        "json" => serde_json::json!({"errorMessage": serde_json::json!({"timestamp": "2024-05-03T04:29:01.503Z", "level": "ERROR", "fields": {"message": "message failed", "error": format!("{:#}", chain), "order": number}, "target": "consumer::worker"}).to_string()}),
        "panic" => {
            let text = panicked(s.name);
            serde_json::json!({"errorMessage": text.lines().next().unwrap_or(""), "stack": text})
        }
        _ => unreachable!("{}", how),
    }
}

fn main() {
    if let Some(name) = std::env::args().nth(1) {
        let scenario = SCENARIOS.iter().find(|s| s.name == name).unwrap();
        (scenario.run)().unwrap();
        return;
    }
    for (n, s) in SCENARIOS.iter().enumerate() {
        for (i, how) in s.wraps.split(' ').enumerate() {
            let number = NUMBERS[(n + i) % NUMBERS.len()];
            let error = if how == "panic" { "".into() } else { (s.run)().err().unwrap_or_else(|| "NOT PROVOKED".into()) };
            println!("{}", serde_json::json!({"scenario": s.name, "class": s.class, "cause": s.cause, "accept": s.accept, "misleading": s.misleading, "wrap": how, "evidence": evidence(how, s, error, number)}));
        }
    }
}
