//! The base protocol of LSP 3.17: messages behind `Content-Length` headers. A reader that goes on after
//! whatever it meets, because an editor that slips once must not lose its server.

use std::io::{self, BufRead, Read, Write};

use lsp_server::{ErrorCode, Message, RequestId};
use serde_json::{Value, json};

/// Bytes that one message may have.
const MESSAGE_BYTES: u64 = 64 << 20;

/// Bytes that one line of the header may have.
const HEADER_BYTES: u64 = 4 << 10;

/// What comes in.
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something else, to be answered with an error.
    Broken {
        /// The ID of the request, or null where it is not known.
        id: Value,
        /// What is wrong.
        code: ErrorCode,
        /// The same for a person.
        message: String,
    },
}

impl Incoming {
    fn broken(id: Value, code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Broken {
            id,
            code,
            message: message.into(),
        }
    }
}

/// Reads what comes next; `None` at the end.
pub(super) fn read(input: &mut dyn BufRead) -> io::Result<Option<Incoming>> {
    let unread = |message: String| {
        let broken = Incoming::broken(Value::Null, ErrorCode::ParseError, message);
        Ok(Some(broken))
    };
    let length = match header(input)? {
        None => return Ok(None),
        Some(Err(reason)) => return unread(reason),
        Some(Ok(length)) => length,
    };
    let mut body = input.take(length);
    if length > MESSAGE_BYTES {
        io::copy(&mut body, &mut io::sink())?;
        return unread(format!("a message of {length} bytes is too large"));
    }
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    match serde_json::from_slice(&bytes) {
        Ok(value) => Ok(Some(message(value))),
        Err(error) => unread(format!("the message is not JSON: {error}")),
    }
}

/// The length that the next header gives; `None` at the end.
fn header(input: &mut dyn BufRead) -> io::Result<Option<Result<u64, String>>> {
    let mut length = None;
    let mut seen = false;
    loop {
        let mut line = Vec::new();
        input.take(HEADER_BYTES).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        let text = text.trim();
        if text.is_empty() {
            if length.is_some() || seen {
                let missing = || "a header has no `Content-Length`".to_owned();
                return Ok(Some(length.ok_or_else(missing)));
            }
            continue;
        }
        seen = true;
        // What a message with too small a length leaves behind may stand before it.
        if let Some((_, value)) = text.rsplit_once("content-length:") {
            let value = value.trim();
            let Ok(value) = value.parse() else {
                let reason = format!("the `Content-Length` `{value}` is not a number of bytes");
                return Ok(Some(Err(reason)));
            };
            length = Some(value);
        }
    }
}

fn message(value: Value) -> Incoming {
    let id = match &value["id"] {
        id @ (Value::String(_) | Value::Number(_)) => id.clone(),
        _ => Value::Null,
    };
    let is_method = value["method"].is_string();
    if is_method && value.get("params").is_some_and(is_no_params) {
        return Incoming::broken(
            id,
            ErrorCode::InvalidRequest,
            "`params` must be an object or a list",
        );
    }
    match serde_json::from_value(value) {
        // One with an ID that is out of bounds would be taken for a notification, and never answered.
        Ok(Message::Notification(_)) if !id.is_null() => Incoming::broken(
            id,
            ErrorCode::InvalidRequest,
            "the `id` must be a text or a whole number of 32 bits",
        ),
        Ok(message) => Incoming::Message(message),
        Err(_) => Incoming::broken(
            id,
            ErrorCode::InvalidRequest,
            "the message is no request, notification or response of JSON-RPC 2.0",
        ),
    }
}

fn is_no_params(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::Array(_) | Value::Null)
}

/// Where messages go.
pub(super) struct Out<'o> {
    stream: &'o mut dyn Write,
    /// Whether the other end is gone.
    pub(super) is_closed: bool,
    requests: i32,
}

impl<'o> Out<'o> {
    pub(super) fn new(stream: &'o mut dyn Write) -> Self {
        Self {
            stream,
            is_closed: false,
            requests: 0,
        }
    }

    /// Answers a request.
    pub(super) fn result(&mut self, id: &RequestId, result: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
    }

    /// Refuses a request.
    pub(super) fn error(&mut self, id: &Value, code: ErrorCode, message: &str) {
        let error = json!({"code": code as i32, "message": message});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}));
    }

    /// Tells the editor something.
    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks the editor for something whose answer does not matter.
    pub(super) fn ask(&mut self, method: &str, params: Value) {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let sent = write!(self.stream, "Content-Length: {}\r\n\r\n{text}", text.len())
            .and_then(|()| self.stream.flush());
        self.is_closed |= sent.is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each message of a stream is: a method, or the code of an error.
    fn all(stream: &[u8]) -> Vec<String> {
        let mut input = stream;
        let mut seen = Vec::new();
        while let Some(incoming) = read(&mut input).expect("a stream in memory") {
            seen.push(match incoming {
                Incoming::Message(Message::Request(request)) => request.method,
                Incoming::Message(Message::Notification(notification)) => notification.method,
                Incoming::Message(Message::Response(response)) => response.id.to_string(),
                Incoming::Broken { id, code, .. } => format!("{id} {}", code as i32),
            });
        }
        seen
    }

    fn framed(bodies: &[&str]) -> Vec<u8> {
        let frame = |body: &&str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        bodies.iter().map(frame).collect::<String>().into_bytes()
    }

    #[test]
    fn reading_goes_on_after_what_is_broken() {
        let good = r#"{"jsonrpc":"2.0","method":"good"}"#;
        let stream = framed(&[
            r#"{"id": 1, "method": "#,
            "\u{1f600}",
            r#"{"id": 1, "method": "one", "params": 7}"#,
            r#"{"id": 5000000000, "method": "one"}"#,
            "[]",
            r#"{"id": "a", "result": null}"#,
            &"[".repeat(100_000),
            good,
        ]);
        let expected = [
            "null -32700",
            "null -32700",
            "1 -32600",
            "5000000000 -32600",
            "null -32600",
            "\"a\"",
            "null -32700",
            "good",
        ];
        assert_eq!(all(&stream), expected);
    }

    #[test]
    fn headers_are_found_again() {
        let good = r#"{"jsonrpc":"2.0","method":"good"}"#;
        let frame = String::from_utf8(framed(&[good])).expect("text");
        let lower = frame.replace("Content-Length", "content-length");
        for (before, seen) in [
            ("", &["good"][..]),
            ("Content-Type: x\r\n", &["good"]),
            ("rest of a longer message", &["good"]),
            ("garbage\r\n\r\n", &["null -32700", "good"]),
            ("Content-Length: -1\r\n", &["null -32700", "good"]),
            ("Content-Length: 1e3\r\n", &["null -32700", "good"]),
            ("\r\n\n", &["good"]),
        ] {
            for frame in [&frame, &lower] {
                assert_eq!(all(format!("{before}{frame}").as_bytes()), seen, "{before}");
            }
        }
        let huge = all(b"Content-Length: 99999999999\r\n\r\n{}");
        assert_eq!(huge, ["null -32700"], "refused without being kept");
        assert_eq!(all(b"Content-Length: 10\r\n\r\n{}"), [""; 0], "cut off");
    }
}
