//! A zip archive, written byte by byte so that it may hold what no tool would put into one.

/// An archive of files that are stored as they are.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in files {
        let offset = number(bytes.len());
        let mut about = Vec::new();
        // Version, flags, method, time and date.
        about.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x58]);
        about.extend(checksum(data).to_le_bytes());
        about.extend(number(data.len()));
        about.extend(number(data.len()));
        about.extend(&number(name.len())[..2]);
        about.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&about);
        bytes.extend(name.as_bytes());
        bytes.extend(*data);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&about);
        // Comment, disk, and attributes.
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(name.as_bytes());
    }
    let start = number(bytes.len());
    let count = &number(files.len())[..2];
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(number(directory.len()));
    bytes.extend(start);
    bytes.extend([0, 0]);
    bytes
}

fn number(size: usize) -> [u8; 4] {
    u32::try_from(size).expect("a small archive").to_le_bytes()
}

/// CRC-32 as in ISO 3309.
fn checksum(data: &[u8]) -> u32 {
    let mut rest = u32::MAX;
    for byte in data {
        rest ^= u32::from(*byte);
        for _ in 0..8 {
            let mask = 0_u32.wrapping_sub(rest & 1);
            rest = (rest >> 1) ^ (0xedb8_8320 & mask);
        }
    }
    !rest
}
