//! The spanned tree as the jsonschema crate wants its instances: validated in place, not copied.

use std::borrow::Cow;

use jsonschema_value::{
    Array, Json, JsonNumber, LazyInstance, Node as JsonNode, NodeIdentity, Object, types::JsonType,
};
use serde_json::{Map, Number as SerdeNumber, Value};

use crate::syntax::{self, Kind, Node};

/// The representation: names our tree to the jsonschema crate.
pub struct Tree;

/// A value of the tree, or a property name on its own (`propertyNames`).
#[derive(Clone, Copy)]
pub enum Instance<'a> {
    /// A value.
    Node(Node<'a>),
    /// A name.
    Name(&'a str),
}

impl Json for Tree {
    type Node<'a> = Instance<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = ();
    // Members are found by comparing names one by one.
    const KEYS_PER_LOOKUP: usize = 4;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(Self::Node<'_>) -> T) -> T {
        f(Instance::Name(string))
    }
}

impl<'a> Instance<'a> {
    fn kind(self) -> Kind {
        match self {
            Self::Node(node) => node.kind(),
            Self::Name(_) => Kind::String,
        }
    }

    fn of_kind(self, wanted: Kind) -> Option<Node<'a>> {
        match self {
            Self::Node(node) if node.kind() == wanted => Some(node),
            _ => None,
        }
    }
}

impl<'a> JsonNode<'a, Tree> for Instance<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = Number<'a>;

    fn as_object(&self) -> Option<Members<'a>> {
        self.of_kind(Kind::Mapping).map(Members)
    }

    fn as_array(&self) -> Option<Items<'a>> {
        self.of_kind(Kind::Sequence).map(Items)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match *self {
            Self::Node(node) => node.as_str().map(Cow::Borrowed),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Number<'a>> {
        self.of_kind(Kind::Int)
            .or_else(|| self.of_kind(Kind::Float))
            .map(|node| Number(json_number(node.text())))
    }

    fn as_boolean(&self) -> Option<bool> {
        self.of_kind(Kind::Bool)
            .map(|node| node.text().starts_with(['t', 'T']))
    }

    fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    fn is_number(&self) -> bool {
        matches!(self.kind(), Kind::Int | Kind::Float)
    }

    fn is_string(&self) -> bool {
        self.kind() == Kind::String
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null => JsonType::Null,
            Kind::Bool => JsonType::Boolean,
            Kind::Int | Kind::Float => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Sequence => JsonType::Array,
            Kind::Mapping => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self, expected) {
            (_, Value::String(expected)) => self.as_string().is_some_and(|text| text == *expected),
            _ => jsonschema_value::cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match *self {
            Self::Node(node) => value(node),
            Self::Name(name) => Value::String(name.to_owned()),
        })
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        // Findings are written from the tree by path; the copy in the error would go unread.
        LazyInstance::Ready(Cow::Owned(Value::Null))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Node(node) => Some(NodeIdentity::tagged(
                std::ptr::from_ref(node.document()) as usize,
                node.index(),
            )),
            Self::Name(_) => None,
        }
    }
}

/// A tree value as `serde_json` has it.
#[must_use]
pub fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.text().starts_with(['t', 'T'])),
        Kind::Int | Kind::Float => Value::Number(Number(json_number(node.text())).number()),
        Kind::String => Value::String(node.text().to_owned()),
        Kind::Sequence => Value::Array(node.items().map(value).collect()),
        Kind::Mapping => {
            let mut members = Map::new();
            for (key, child) in node.entries() {
                members
                    .entry(key.text().to_owned())
                    .or_insert_with(|| value(child));
            }
            Value::Object(members)
        }
    }
}

/// An iterator whose items become others. A name for it spares the heap.
type Mapped<I, From, To> = std::iter::Map<I, fn(From) -> To>;

/// A mapping's members.
#[derive(Clone, Copy)]
pub struct Members<'a>(Node<'a>);

impl<'a> Object<'a, Tree> for Members<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Mapped<syntax::Entries<'a>, (Node<'a>, Node<'a>), (&'a str, Instance<'a>)>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<Instance<'a>> {
        self.0.get(key).map(Instance::Node)
    }

    fn members(&self) -> Self::MembersIter {
        self.0
            .entries()
            .map(|(key, value)| (key.text(), Instance::Node(value)))
    }
}

/// A list's items.
#[derive(Clone, Copy)]
pub struct Items<'a>(Node<'a>);

impl<'a> Array<'a, Tree> for Items<'a> {
    type Node = Instance<'a>;
    type ElementsIter = Mapped<syntax::Items<'a>, Node<'a>, Instance<'a>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.items().map(Instance::Node)
    }

    fn is_unique(&self) -> bool {
        const FEW: usize = 32;
        let all_text = self.0.items().all(|item| item.kind() == Kind::String);
        if all_text && self.0.len() <= FEW {
            let mut texts = [""; FEW];
            return self.0.items().enumerate().all(|(count, item)| {
                let text = item.text();
                texts[count] = text;
                !texts[..count].contains(&text)
            });
        }
        let values: Vec<Value> = self.0.items().map(value).collect();
        jsonschema_value::unique::is_unique(&values)
    }
}

/// A number as its JSON text.
pub struct Number<'a>(Cow<'a, str>);

impl Number<'_> {
    fn number(&self) -> SerdeNumber {
        SerdeNumber::from_string_unchecked(self.0.clone().into_owned())
    }
}

impl JsonNumber for Number<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }

    fn to_number(&self) -> Cow<'_, SerdeNumber> {
        Cow::Owned(self.number())
    }
}

/// A YAML core schema number in JSON's notation: `012` is `12`, `0x1F` is `31`, `+.5` is `0.5`.
fn json_number(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let plain = match bytes {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if plain {
        return Cow::Borrowed(text);
    }
    let radix = match bytes {
        [b'0', b'o', ..] => Some(8),
        [b'0', b'x', ..] => Some(16),
        _ => None,
    };
    if let Some(radix) = radix {
        // Beyond 128 bits only the size matters, and no schema here bounds anything near it.
        let value = u128::from_str_radix(&text[2..], radix).unwrap_or(u128::MAX);
        return Cow::Owned(value.to_string());
    }
    let (sign, digits) = match bytes.first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let mut number = format!("{sign}{whole}");
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    number.push_str(exponent);
    Cow::Owned(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Format, Limits, parse};

    #[test]
    fn the_tree_keeps_the_contract_of_the_validator() {
        let source = jsonschema_value::conformance::document().to_string();
        for format in [Format::Json, Format::Yaml] {
            let (doc, problems) = parse(&source, format, None, &Limits::default());
            assert_eq!(problems, []);
            let root = Instance::Node(doc.root().expect("root"));
            jsonschema_value::conformance::assert_conformance::<Tree>(&root);
        }
    }

    #[test]
    fn numbers_in_json_notation() {
        for (yaml, json) in [
            ("012", "12"),
            ("-0", "-0"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("+.5", "0.5"),
            ("1.", "1"),
            ("-01.50e+3", "-1.50e+3"),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(json_number(yaml), json);
        }
    }
}
