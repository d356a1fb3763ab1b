//! `serve`: asked as a browser asks, and as nobody should.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::{fs, thread};

use serde_json::Value;

use crate::workshop::{Workshop, shared};

const HOSTILE: &str = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E.wav";

/// A server, until it is dropped.
struct Served {
    child: Child,
    port: u16,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Served {
    fn start(shop: &Workshop, arguments: &[&str]) -> Self {
        let mut child = shop
            .command(&[&["serve", "--port", "0"], arguments].concat())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        let port = line.trim().trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
        Served { port: port.unwrap_or_else(|| panic!("no port in {line:?}")), child }
    }

    fn interrupt(&self) {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(killed.expect("kill").success());
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A request, its head written as it is, and what is answered.
    fn raw(&self, head: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("a connection");
        stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).expect("a request");
        // A server that refuses may close before all is sent.
        _ = stream.write_all(body);
        let mut bytes = Vec::new();
        _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let body = if head.contains("transfer-encoding: chunked") { whole(body) } else { body.to_string() };
        Answer { status, head: head.to_lowercase(), body }
    }

    fn get(&self, address: &str) -> Answer {
        self.raw(&format!("GET {address} HTTP/1.1\r\nHost: {}", self.host()), b"")
    }

    fn post(&self, address: &str, body: &[u8]) -> Answer {
        let (host, length) = (self.host(), body.len());
        let head =
            format!("POST {address} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Length: {length}");
        self.raw(&head, body)
    }

    /// The last line that is said of a recording.
    fn hear(&self, name: &str, bytes: &[u8]) -> Value {
        let answer = self.post(&format!("/recordings/{name}"), bytes);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.lines().pop().expect("a line")
    }
}

impl Answer {
    fn lines(&self) -> Vec<Value> {
        self.body.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Asked, it takes its folder with it.
            if cfg!(unix) { self.interrupt() } else { _ = self.child.kill() }
        }
        _ = self.child.wait();
    }
}

/// What lies in chunks, put together.
fn whole(mut chunks: &str) -> String {
    let mut text = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a size");
        text += &rest[..size];
        chunks = rest[size..].trim_start_matches("\r\n");
    }
    text
}

fn served() -> Served {
    Served::start(shared(), &[])
}

fn take(number: usize) -> Vec<u8> {
    fs::read(shared().recording(number)).expect("a recording")
}

#[test]
fn a_recording_is_answered_as_by_every_other_door() {
    let server = served();
    let lines = server.post("/recordings/take0.wav", &take(0)).lines();
    let stages: Vec<&str> = lines.iter().filter_map(|line| line["stage"].as_str()).collect();
    assert_eq!((stages[0], stages[1], stages.last()), ("waiting", "listening", Some(&"drawing")));
    assert!(lines.iter().any(|line| line["stage"] == "explaining" && line["share"] == 1.0), "{lines:?}");
    let row = &lines.last().expect("a last line")["row"];
    let page = row["page"].as_str().expect("a page");
    let analysis = server.get(&format!("{page}/analysis.json"));
    assert!(analysis.head.contains("content-type: application/json"), "{}", analysis.head);
    let mut predicted = shared().run(&["predict", &shared().recording(0), "--timeline", "--format", "json"]);
    predicted = predicted.must_succeed();
    let mut predicted: Value = serde_json::from_str(&predicted.stdout).expect("JSON");
    predicted[0]["path"] = "take0.wav".into();
    let analysis: Value = serde_json::from_str(&analysis.body).expect("JSON");
    assert_eq!(analysis, predicted[0]);
    predicted[0]["timeline"] = Value::Array(Vec::new());
    assert_eq!(row["analysis"], predicted[0]);
    let page = server.get(page);
    assert!(page.body.starts_with("<!doctype html>") && page.body.trim_end().ends_with("</html>"));
    assert!(page.body.contains(&row["headline"].as_str().expect("a sentence").replace('<', "\\u003c")));
}

#[test]
fn a_hostile_name_is_a_text_and_no_place() {
    let server = served();
    for (sent, name) in [
        (HOSTILE, "<img src=x onerror=alert(1)>.wav"),
        ("..%2F..%2F..%2Ftmp%2Fescaped.wav", "escaped.wav"),
        ("%0D%0AX-Header:%201%00.wav", "\r\nX-Header: 1\0.wav"),
    ] {
        let row = &server.hear(sent, &take(1))["row"];
        assert_eq!(row["name"], name);
        let page = server.get(row["page"].as_str().expect("a page"));
        assert!(!page.body.contains("<img") && !page.head.contains("x-header"), "{}", page.head);
    }
    let refused = server.post("/recordings/%FF.wav", b"");
    assert_eq!(refused.status, 400, "no text");
    assert_eq!(refused.lines()[0]["error"], "the recording's name is no text");
}

#[test]
fn what_is_no_recording_has_its_error_and_the_server_lives() {
    let server = served();
    let good = take(2);
    for (bytes, said) in [
        (&b"this is no sound"[..], "this is no recording in a known format"),
        (&[], "the file is empty (0 bytes)"),
        (&good[..30], "ends inside its header"),
        (&good[..5_000], "0.02 s is too short"),
    ] {
        let row = &server.hear("bad.wav", bytes)["row"];
        let error = row["analysis"]["error"].as_str().expect("an error");
        assert!(error.starts_with("bad.wav: ") && error.contains(said), "{error}");
        assert!(row["page"].is_null() && row["analysis"]["hint"].is_string(), "{row}");
    }
    assert!(server.hear("good.wav", &good)["row"]["page"].is_string());
}

#[test]
fn nobody_else_is_answered() {
    let server = served();
    let (host, port) = (server.host(), server.port);
    let status = |head: String| server.raw(&head, b"").status;
    assert_eq!(status(format!("GET / HTTP/1.1\r\nHost: localhost:{port}")), 200);
    for other in
        ["evil.example", &format!("evil.example:{port}"), "127.0.0.1", &format!("127.0.0.1.evil.example:{port}")]
    {
        assert_eq!(status(format!("GET / HTTP/1.1\r\nHost: {other}")), 421, "{other}");
    }
    assert_eq!(status("GET / HTTP/1.0".into()), 421, "no host");
    let post =
        |said: &str| status(format!("POST /recordings/a.wav HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0{said}"));
    assert_eq!(post(""), 403);
    assert_eq!(post("\r\nOrigin: http://evil.example"), 403);
    assert_eq!(post("\r\nOrigin: null"), 403);
    assert_eq!(post("\r\nSec-Fetch-Site: cross-site"), 403);
    assert_eq!(post("\r\nSec-Fetch-Site: same-origin"), 200);
    let head = server.get("/").head;
    for said in [
        "content-security-policy: frame-ancestors 'self'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(head.contains(said), "{head}");
    }
    assert!(!head.contains("access-control"), "{head}");
}

#[test]
fn nothing_but_pages_is_given_out() {
    let server = served();
    for address in [
        "/pages/../../etc/passwd",
        "/pages/..%2F..%2Fetc%2Fpasswd",
        "/pages/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/pages/0000000000000000",
        "/pages/0/analysis.json",
        "/../../etc/passwd",
        "//etc/passwd",
        "/recordings/",
    ] {
        let answer = server.get(address);
        assert_eq!(answer.status, 404, "{address}");
        let said: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert!(said["error"].is_string() && said["hint"].is_string(), "{said}");
    }
    let page = server.hear("take.wav", &take(3))["row"]["page"].as_str().expect("a page").to_string();
    assert_eq!(server.get(&format!("{page}.recording")).status, 404);
    let refused = server.get("/recordings/take.wav");
    assert_eq!(refused.status, 405);
    assert!(refused.lines()[0]["hint"].is_string(), "{}", refused.body);
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let server = served();
    let host = server.host();
    let head = |length: u64| {
        format!("POST /recordings/a.wav HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Length: {length}")
    };
    let most = 2_u64 << 30;
    let answer = server.raw(&head(most + 1), b"");
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("larger than the 2147483648 bytes that are taken"), "{}", answer.body);
    // An hour of 24 bits, two channels, 48 kHz.
    assert!(most > 3600 * 48_000 * 2 * 3);
}

#[test]
fn two_takes_are_compared() {
    let server = served();
    let id = |number: usize| {
        let page = server.hear(&format!("take{number}.wav"), &take(number))["row"]["page"].clone();
        page.as_str().and_then(|page| page.strip_prefix("/pages/")).expect("a page").to_string()
    };
    let (first, second) = (id(0), id(4));
    let answer = server.post(&format!("/comparisons/{first}/{second}"), b"");
    let page = answer.lines().pop().expect("a line")["page"].as_str().expect("a page").to_string();
    let page_of_both = server.get(&page);
    assert!(page_of_both.body.contains("violin-emotion/comparison-page/1"));
    assert_eq!(server.get(&format!("{page}/analysis.json")).status, 404);
    let of_both = page.trim_start_matches("/pages/");
    for (one, other) in [(&*first, "0000000000000000"), (of_both, &*second)] {
        assert_eq!(server.post(&format!("/comparisons/{one}/{other}"), b"").status, 404);
    }
}

#[test]
fn fifty_at_once_are_all_answered() {
    let server = served();
    let bytes = take(5);
    let first: Vec<Value> = thread::scope(|scope| {
        let send = |number| {
            scope.spawn({
                let (bytes, server) = (&bytes, &server);
                move || server.hear(&format!("{number}.wav"), bytes)
            })
        };
        let sent: Vec<_> = (0..50).map(send).collect();
        sent.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    for (number, line) in first.iter().enumerate() {
        assert_eq!(line["row"]["name"], format!("{number}.wav"));
        assert!(line["row"]["page"].is_string(), "{line}");
        assert_eq!(line["row"]["analysis"]["emotions"], first[0]["row"]["analysis"]["emotions"]);
    }
}

#[test]
fn a_port_in_use_is_said() {
    let server = served();
    let port = server.port.to_string();
    let run = shared().run(&["serve", "--port", &port]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let said = format!("error: expected port {port} of 127.0.0.1 to be free, found another program on it\nhint: ");
    assert!(run.stderr.starts_with(&said), "{}", run.stderr);
}

#[test]
fn no_other_address_of_this_machine_answers() {
    let server = served();
    let port = server.port;
    for address in [[127, 0, 0, 2], [127, 1, 1, 1]] {
        assert!(TcpStream::connect(SocketAddr::from((address, port))).is_err(), "{address:?}");
    }
    assert!(TcpStream::connect(SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port))).is_err());
}

#[test]
#[cfg(unix)]
fn it_ends_in_order_and_leaves_nothing() {
    let temporary = tempfile::tempdir().expect("a folder");
    let mut command = shared().command(&["serve", "--port", "0"]);
    let child = command.env("TMPDIR", temporary.path()).stdout(Stdio::piped()).spawn().expect("the program");
    let mut server = Served { child, port: 0 };
    let mut line = String::new();
    BufReader::new(server.child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
    server.port = line.trim().trim_end_matches('/').rsplit(':').next().expect("a port").parse().expect("a number");
    assert!(server.hear("take.wav", &take(0))["row"]["page"].is_string());
    assert_eq!(fs::read_dir(temporary.path()).expect("a folder").count(), 1);
    // One who sends nothing more does not keep it.
    let head = format!(
        "POST /recordings/a.wav HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Length: 9\r\n\r\n",
        server.host()
    );
    let mut silent = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).expect("a connection");
    silent.write_all(head.as_bytes()).expect("half a request");
    server.interrupt();
    assert_eq!(server.child.wait().expect("an end").code(), Some(0));
    assert_eq!(fs::read_dir(temporary.path()).expect("a folder").count(), 0);
}
