//! Where an Ogg stream ends (RFC 3533): it has no length in its header, but its last page says that it is the last.

/// Bytes of a page at most: a header of 27, 255 lengths, 255 segments of 255.
pub(super) const LARGEST_PAGE: usize = 27 + 255 + 255 * 255;

/// In a page's flags: the stream ends here.
const LAST_PAGE: u8 = 4;

/// Whether the last bytes of a file, up to [`LARGEST_PAGE`] of them, hold a whole page that ends its stream.
pub(super) fn ends_its_stream(tail: &[u8]) -> bool {
    let pages = tail.windows(4).enumerate().filter(|(_, bytes)| bytes == b"OggS");
    let mut whole = pages.filter_map(|(at, _)| flags(&tail[at..]));
    whole.next_back().is_some_and(|flags| flags & LAST_PAGE != 0)
}

/// The flags of the page that begins here; none if it is not whole.
fn flags(page: &[u8]) -> Option<u8> {
    let segments = usize::from(*page.get(26)?);
    let lengths = page.get(27..27 + segments)?;
    let length: usize = 27 + segments + lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
    (page.len() >= length).then(|| page[5])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(flags: u8, data: usize) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend([0; 20]);
        page.extend([1, data as u8]);
        page.extend(vec![7; data]);
        page
    }

    #[test]
    fn a_stream_ends_with_a_whole_page_that_says_so() {
        let file = [page(2, 30), page(0, 200), page(4, 100)].concat();
        assert!(ends_its_stream(&file));
        // Without the last page, and with a half of it.
        assert!(!ends_its_stream(&file[..file.len() - 128]));
        assert!(!ends_its_stream(&file[..file.len() - 1]));
        assert!(!ends_its_stream(b""));
        // What other programs hang onto a file changes nothing.
        assert!(ends_its_stream(&[file, b"TAG".to_vec()].concat()));
    }
}
