//! What a message asks for, taken out of its JSON; what does not fit is refused by name.

use lsp_server::ErrorCode;
use serde_json::Value;

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The code of JSON-RPC or LSP.
    pub(super) code: ErrorCode,
    /// The same for a person.
    pub(super) message: String,
}

impl Refusal {
    /// The request is right, and cannot be fulfilled.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::RequestFailed,
            message: message.into(),
        }
    }
}

/// An answer to a request.
pub(super) type Answer = Result<Value, Refusal>;

/// The parameters of a message.
#[derive(Clone, Copy)]
pub(super) struct Params<'v>(pub(super) &'v Value);

impl<'v> Params<'v> {
    /// The text that a JSON pointer leads to.
    pub(super) fn text(self, pointer: &str) -> Result<&'v str, Refusal> {
        self.get(pointer, "a text", Value::as_str)
    }

    /// The list that a JSON pointer leads to.
    pub(super) fn list(self, pointer: &str) -> Result<&'v [Value], Refusal> {
        let list = |value: &'v Value| value.as_array().map(Vec::as_slice);
        self.get(pointer, "a list", list)
    }

    /// The whole number that a JSON pointer leads to.
    pub(super) fn number(self, pointer: &str) -> Result<i64, Refusal> {
        self.get(pointer, "a whole number", Value::as_i64)
    }

    /// The position that a JSON pointer leads to: line and character from 0.
    pub(super) fn position(self, pointer: &str) -> Result<(u32, u32), Refusal> {
        let part = |name: &str| {
            let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
            self.get(&format!("{pointer}/{name}"), "a number from 0", number)
        };
        Ok((part("line")?, part("character")?))
    }

    /// The range that a JSON pointer leads to.
    pub(super) fn range(self, pointer: &str) -> Result<[(u32, u32); 2], Refusal> {
        Ok([
            self.position(&format!("{pointer}/start"))?,
            self.position(&format!("{pointer}/end"))?,
        ])
    }

    fn get<T>(
        self,
        pointer: &str,
        wanted: &str,
        take: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Result<T, Refusal> {
        let found = self.0.pointer(pointer).and_then(take);
        found.ok_or_else(|| Refusal {
            code: ErrorCode::InvalidParams,
            message: format!("`{}` must be {wanted}", pointer.trim_start_matches('/')),
        })
    }
}
