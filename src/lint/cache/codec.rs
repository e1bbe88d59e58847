//! Outcomes as bytes and back. Reading is total: bytes that nothing wrote give `None`, never a panic,
//! and never more memory than a few times their own length.

use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::diagnostic::{Change, Diagnostic, Edit, Fix, Location, Related, Safety, Severity};
use crate::entry::{
    Content, DateFact, Entry, Facts, Name, Prose, Reference, Role, SKETCH, Said, Vocabulary,
    Written,
};
use crate::lint::Outcome;
use crate::lint::known::Known;
use crate::lint::suppression::Suppression;
use crate::rules;
use crate::schema::vocabulary::{DateRole, Notation, Scope};
use crate::text::{Position, Span};

/// Values for which there is room before they are read: nearly all lists are shorter, and one that
/// only says that it is longer gets no more.
const MANY: usize = 64;

/// Takes values one after another.
pub(super) struct Put<'w> {
    pub bytes: Vec<u8>,
    pub names: Table<Name>,
    pub kinds: Table<u16>,
    pub words: &'w Vocabulary,
}

/// Numbers of one run, and the numbers that stand for them in the bytes.
pub(super) struct Table<T>(FxHashMap<T, u32>, Vec<T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(FxHashMap::default(), Vec::new())
    }
}

impl<T: Copy + Eq + std::hash::Hash> Table<T> {
    fn number(&mut self, value: T) -> u32 {
        let next = self.1.len() as u32;
        let number = *self.0.entry(value).or_insert(next);
        if number == next {
            self.1.push(value);
        }
        number
    }

    /// The values in the order of their numbers.
    pub(super) fn values(&self) -> &[T] {
        &self.1
    }
}

/// Gives values back, in the order in which they were put.
pub(super) struct Take<'b> {
    pub rest: &'b [u8],
    pub names: &'b [Name],
    pub kinds: &'b [u16],
}

/// A value that can be put and taken.
pub(super) trait Value: Sized {
    fn put(&self, put: &mut Put<'_>);
    fn take(take: &mut Take<'_>) -> Option<Self>;
}

impl Take<'_> {
    fn bytes(&mut self, length: usize) -> Option<&[u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let low = u32::from(byte & 0x7f);
            value |= low
                .checked_shl(shift)
                .filter(|moved| moved >> shift == low)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn text(&mut self) -> Option<&str> {
        let length = self.number()? as usize;
        std::str::from_utf8(self.bytes(length)?).ok()
    }
}

impl Put<'_> {
    /// Seven bits a byte, the lowest first; most numbers are small.
    pub(super) fn number(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u32);
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

impl Value for u32 {
    fn put(&self, put: &mut Put<'_>) {
        put.number(*self);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        take.number()
    }
}

impl Value for u16 {
    fn put(&self, put: &mut Put<'_>) {
        put.number(u32::from(*self));
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        take.number()?.try_into().ok()
    }
}

impl Value for u64 {
    fn put(&self, put: &mut Put<'_>) {
        put.bytes.extend_from_slice(&self.to_le_bytes());
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        take.array().map(Self::from_le_bytes)
    }
}

impl Value for bool {
    fn put(&self, put: &mut Put<'_>) {
        put.bytes.push(u8::from(*self));
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        match take.array()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
}

impl<T: Value> Value for Option<T> {
    fn put(&self, put: &mut Put<'_>) {
        self.is_some().put(put);
        if let Some(value) = self {
            value.put(put);
        }
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        Some(match bool::take(take)? {
            true => Some(T::take(take)?),
            false => None,
        })
    }
}

impl<T: Value> Value for Vec<T> {
    fn put(&self, put: &mut Put<'_>) {
        put_all(self, put);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        let length = take.number()? as usize;
        // Every value has at least one byte, so that a length that lies is refused at once.
        if length > take.rest.len() {
            return None;
        }
        let mut values = Self::with_capacity(length.min(MANY));
        for _ in 0..length {
            values.push(T::take(take)?);
        }
        Some(values)
    }
}

fn put_all<T: Value>(values: &[T], put: &mut Put<'_>) {
    put.number(values.len() as u32);
    for value in values {
        value.put(put);
    }
}

impl<T: Value> Value for Box<[T]> {
    fn put(&self, put: &mut Put<'_>) {
        put_all(self, put);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        Vec::take(take).map(Vec::into_boxed_slice)
    }
}

impl<T: Value> Value for Box<T> {
    fn put(&self, put: &mut Put<'_>) {
        self.as_ref().put(put);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        T::take(take).map(Self::new)
    }
}

impl<A: Value, B: Value> Value for (A, B) {
    fn put(&self, put: &mut Put<'_>) {
        self.0.put(put);
        self.1.put(put);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        Some((A::take(take)?, B::take(take)?))
    }
}

impl Value for String {
    fn put(&self, put: &mut Put<'_>) {
        put.text(self);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        take.text().map(str::to_owned)
    }
}

impl Value for Box<str> {
    fn put(&self, put: &mut Put<'_>) {
        put.text(self);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        take.text().map(Self::from)
    }
}

impl Value for Arc<str> {
    fn put(&self, put: &mut Put<'_>) {
        put.text(self);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        take.text().map(Self::from)
    }
}

/// The name of a rule of the table.
impl Value for &'static str {
    fn put(&self, put: &mut Put<'_>) {
        put.text(self);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        rules::find(take.text()?).map(|rule| rule.name)
    }
}

/// By its place in the table of texts that stands before the outcomes.
impl Value for Name {
    fn put(&self, put: &mut Put<'_>) {
        let number = put.names.number(*self);
        put.number(number);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        let number = take.number()? as usize;
        take.names.get(number).copied()
    }
}

impl Value for Date {
    fn put(&self, put: &mut Put<'_>) {
        put.number(i32::from(self.year()).wrapping_add(1 << 15) as u32);
        put.bytes.extend([self.month() as u8, self.day() as u8]);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        let year = i64::from(take.number()?) - (1 << 15);
        let [month, day] = take.array()?;
        let (month, day) = (month.try_into().ok()?, day.try_into().ok()?);
        Self::new(i16::try_from(year).ok()?, month, day).ok()
    }
}

impl Value for [u32; SKETCH] {
    fn put(&self, put: &mut Put<'_>) {
        let bytes = self.iter().flat_map(|place| place.to_le_bytes());
        put.bytes.extend(bytes);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        let bytes = take.bytes(SKETCH * 4)?;
        let mut sketch = [0; SKETCH];
        for (place, bytes) in sketch.iter_mut().zip(bytes.chunks_exact(4)) {
            *place = u32::from_le_bytes(bytes.try_into().ok()?);
        }
        Some(sketch)
    }
}

impl Value for Span {
    fn put(&self, put: &mut Put<'_>) {
        put.number(self.start);
        put.number(self.end.wrapping_sub(self.start));
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        let start = take.number()?;
        let end = start.checked_add(take.number()?)?;
        Some(Self { start, end })
    }
}

impl Value for Reference {
    fn put(&self, put: &mut Put<'_>) {
        self.target.put(put);
        self.span.put(put);
        let kinds = put.kinds.number(self.kinds);
        put.number(kinds);
        self.role.put(put);
        self.written.put(put);
    }
    fn take(take: &mut Take<'_>) -> Option<Self> {
        Some(Self {
            target: Value::take(take)?,
            span: Value::take(take)?,
            kinds: *take.kinds.get(take.number()? as usize)?,
            role: Value::take(take)?,
            written: Value::take(take)?,
        })
    }
}

/// Puts and takes a struct field by field: a new field is one more name in its list.
macro_rules! fields {
    ($($type:ident { $($field:ident),* $(,)? })*) => {$(
        impl Value for $type {
            fn put(&self, put: &mut Put<'_>) {
                $(self.$field.put(put);)*
            }
            fn take(take: &mut Take<'_>) -> Option<Self> {
                $(let $field = Value::take(take)?;)*
                Some(Self { $($field),* })
            }
        }
    )*};
}

fields! {
    Known { today, files, entries, kinds, diagnostics, suppressions, ids }
    Outcome { diagnostics, facts, broken_id, suppressions }
    Facts { entries }
    Entry {
        id, kind, copy, retired, file, span, id_span, label, label_span, label_scope, references,
        mentions, dates, people, prose, form, content, said,
    }
    Said { fields }
    DateFact { role, date, span, notation, written }
    Content { exact, words }
    Prose { span, sketch, words }
    Suppression { rule, covers, start, end, fault, delete, text, is_trusted }
    Diagnostic {
        rule, severity, message, location, label, related, help, entry, pointer, fix, fingerprint,
        change,
    }
    Location { path, start, end, revision }
    Position { line, column, offset }
    Related { location, message }
    Fix { title, safety, edits, rename }
    Edit { path, span, text }
}

/// Puts and takes an enum without data as one byte.
macro_rules! choices {
    ($($type:ident { $($choice:ident = $byte:literal),* $(,)? })*) => {$(
        impl Value for $type {
            fn put(&self, put: &mut Put<'_>) {
                put.bytes.push(match self {
                    $(Self::$choice => $byte),*
                });
            }
            fn take(take: &mut Take<'_>) -> Option<Self> {
                match take.array()? {
                    $([$byte] => Some(Self::$choice),)*
                    _ => None,
                }
            }
        }
    )*};
}

choices! {
    Role { Uses = 0, ReplacedBy = 1 }
    Written { Bare = 0, Quoted = 1, Otherwise = 2 }
    Notation { Iso = 0, Ordinal = 1, Rfc3339 = 2 }
    DateRole { Created = 0, Updated = 1, Retired = 2 }
    Scope { Kind = 0, All = 1 }
    Severity { Note = 0, Warning = 1, Error = 2 }
    Safety { Safe = 0, Unsafe = 1 }
    Change { Introduced = 0, Fixed = 1, PreExisting = 2 }
}
