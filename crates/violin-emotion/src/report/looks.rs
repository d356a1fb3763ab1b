//! What every figure must keep, for the tests of each.

use roxmltree::{Document, Node};

use super::svg::WIDTH;
use super::text::Font;

/// The smallest letters that can be read in print.
const SMALLEST: f64 = 11.0;

/// The box of a text, as wide as it may be.
#[derive(Debug)]
pub(super) struct Words {
    pub text: String,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// The parsed figure: well-formed, with title and description, without scripts, impossible numbers, small letters, or words
/// that lie upon each other or leave the page.
pub(super) fn checked(svg: &str) -> Document<'_> {
    let page = Document::parse(svg).expect("well-formed XML");
    for (name, place) in [("title", 0), ("desc", 1)] {
        let node = page.root_element().children().filter(Node::is_element).nth(place).expect("an element");
        assert!(node.has_tag_name(("http://www.w3.org/2000/svg", name)) && node.text().is_some(), "no {name}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("<script"), "{svg}");
    let height = attribute(&page.root_element(), "height");
    let words = words(&page);
    for (number, one) in words.iter().enumerate() {
        assert!(
            one.left >= 0.0 && one.right <= WIDTH && one.top >= 0.0 && one.bottom <= height,
            "{one:?} leaves the page"
        );
        for other in &words[..number] {
            let apart = one.right <= other.left
                || other.right <= one.left
                || one.bottom <= other.top
                || other.bottom <= one.top;
            assert!(apart, "{one:?} lies upon {other:?}");
        }
    }
    page
}

/// All texts of the page.
pub(super) fn words(page: &Document) -> Vec<Words> {
    let read = |node: Node| {
        let size = attribute(&node, "font-size");
        assert!(size >= SMALLEST, "letters of {size}");
        let text = node.text().expect("words").to_owned();
        let font = Font { size, bold: node.attribute("font-weight").is_some(), ink: "" };
        let (x, y, width) = (attribute(&node, "x"), attribute(&node, "y"), font.width(&text));
        let left = match node.attribute("text-anchor") {
            Some("middle") => x - width / 2.0,
            Some("end") => x - width,
            _ => x,
        };
        Words { text, left, right: left + width, top: y - 0.8 * size, bottom: y + 0.25 * size }
    };
    page.descendants().filter(|node| node.tag_name().name() == "text").map(read).collect()
}

/// The elements of a class, in order.
pub(super) fn class<'a, 'input>(page: &'a Document<'input>, name: &str) -> Vec<Node<'a, 'input>> {
    page.descendants().filter(|node| node.attribute("class") == Some(name)).collect()
}

/// A number.
pub(super) fn attribute(node: &Node, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

/// The points of a path.
pub(super) fn points(path: &Node) -> Vec<(f64, f64)> {
    let words = path.attribute("d").expect("a path").replace("h0", "");
    let point = |point: &str| {
        let (x, y) = point.split_once(' ').expect("two numbers");
        (x.parse().expect("a number"), y.parse().expect("a number"))
    };
    words.split(['M', 'L']).filter(|point| !point.is_empty()).map(point).collect()
}

/// As many emotions as there may be.
pub(super) fn dozen() -> Vec<String> {
    (1..=12).map(|number| format!("joyful_activation_{number}")).collect()
}

/// As many families as there may be.
pub(super) fn thirteen() -> Vec<String> {
    (1..=13).map(|number| format!("articulation_{number}")).collect()
}
