//! Texts in quotes that end on their line.

use super::{Reader, Unsure};
use crate::syntax::{Record, Style, TextAt};

impl Reader<'_, '_> {
    /// The text in quotes that begins here and the place behind it, where nothing in it is escaped.
    pub(super) fn quoted_literally(&self) -> Option<(Record, usize)> {
        let quote = *self.bytes.get(self.at)?;
        let inside = self.bytes.get(self.at + 1..self.end)?;
        let length = match quote {
            b'"' => memchr::memchr2(b'"', b'\\', inside).filter(|&at| inside[at] == b'"')?,
            // Between single quotes a quote is said by two.
            _ => memchr::memchr(b'\'', inside).filter(|&at| inside.get(at + 1) != Some(&quote))?,
        };
        let text = self.at + 1;
        let behind = text + length + 1;
        let mut record = Self::literal(style(quote), text, text + length);
        record.start -= 1;
        record.end += 1;
        Some((record, behind))
    }

    /// Reads the text in quotes that begins here.
    pub(super) fn quoted(&mut self) -> Result<(), Unsure> {
        if let Some((record, behind)) = self.quoted_literally() {
            self.at = behind;
            return self.push_scalar(record);
        }
        let (start, text) = (self.at, self.doc.extra.len());
        let quote = self.bytes[start];
        self.at += 1;
        match quote {
            b'"' => self.escaped()?,
            _ => self.doubled()?,
        }
        let mut record = Self::literal(style(quote), start, self.at);
        record.at = TextAt::Extra;
        record.text = text as u32;
        record.len = (self.doc.extra.len() - text) as u32;
        self.push_scalar(record)
    }

    /// Puts what stands up to a place into the text.
    fn copy_up_to(&mut self, end: usize) -> Result<(), Unsure> {
        let said = self.source.get(self.at..end).ok_or(Unsure)?;
        self.doc.extra.push_str(said);
        self.at = end;
        Ok(())
    }

    /// The inside of single quotes and the last of them.
    fn doubled(&mut self) -> Result<(), Unsure> {
        loop {
            let rest = self.bytes.get(self.at..self.end).ok_or(Unsure)?;
            let length = memchr::memchr(b'\'', rest).ok_or(Unsure)?;
            self.copy_up_to(self.at + length)?;
            self.at += 1;
            if rest.get(length + 1) != Some(&b'\'') {
                return Ok(());
            }
            self.copy_up_to(self.at + 1)?;
        }
    }

    /// The inside of double quotes and the last of them.
    fn escaped(&mut self) -> Result<(), Unsure> {
        loop {
            let rest = self.bytes.get(self.at..self.end).ok_or(Unsure)?;
            let length = memchr::memchr2(b'"', b'\\', rest).ok_or(Unsure)?;
            self.copy_up_to(self.at + length)?;
            if rest[length] == b'"' {
                self.at += 1;
                return Ok(());
            }
            let said = match rest.get(length + 1) {
                Some(b'"') => '"',
                Some(b'\\') => '\\',
                Some(b'n') => '\n',
                Some(b't') => '\t',
                Some(b'r') => '\r',
                Some(b'x') => self.by_number(2)?,
                Some(b'u') => self.by_number(4)?,
                Some(b'U') => self.by_number(8)?,
                _ => return Err(Unsure),
            };
            self.doc.extra.push(said);
            self.at += 2;
        }
    }

    /// The character behind `\x`, `\u` or `\U`. Halves of a pair are none.
    fn by_number(&mut self, digits: usize) -> Result<char, Unsure> {
        let start = self.at + 2;
        let digits = self.bytes.get(start..start + digits).ok_or(Unsure)?;
        let mut number = 0;
        for &digit in digits {
            let digit = char::from(digit).to_digit(16).ok_or(Unsure)?;
            number = number << 4 | digit;
        }
        self.at += digits.len();
        char::from_u32(number).ok_or(Unsure)
    }
}

fn style(quote: u8) -> Style {
    match quote {
        b'"' => Style::DoubleQuoted,
        _ => Style::SingleQuoted,
    }
}
