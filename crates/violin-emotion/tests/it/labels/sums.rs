//! Rows that sum to 1, or nearly, or not at all.

use violin_emotion::data::LabelOptions;

use super::{Case, emotions, normalised, problems_of, read, refused, refused_with, shares};

#[test]
fn percentages_are_recognised_and_said() {
    for csv in [
        "filename,happy,sad\na.wav,50,50\nb.wav,12.5,87.5\n",
        "filename,happy,sad\na.wav,50%,50 %\nb.wav,12.5%,87.5%\n",
    ] {
        let dataset = read(csv);
        assert_eq!(shares(&dataset), [[0.5, 0.5], [0.125, 0.875]]);
        assert_eq!(dataset.report().lines()[0], "emotions: happy, sad (their columns sum to 100)");
        assert_eq!(dataset.report().lines()[3], "percentages: divided by 100");
    }
    let csv = "filename,happy,sad\na.wav,50,50\nb.wav,12.5,87.5\nc.wav,60,50\n";
    assert_eq!(refused(csv), ["line 4: expected percentages that sum to 100, found a sum of 110"]);
    let case = Case::new("filename,happy,sad,x\na.wav,50,50,1\nb.wav,12.5,87.5,2\n", &["a.wav", "b.wav"]);
    let dataset = case.read_with(&emotions(&["sad", "happy"])).expect("named percentages");
    assert_eq!(shares(&dataset), [[0.5, 0.5], [0.875, 0.125]]);
    assert!(dataset.report().percentages);
}

#[test]
fn rows_off_by_rounding_are_scaled_and_counted() {
    let dataset = read("filename,happy,sad\na.wav,0.49,0.49\nb.wav,0.51,0.51\nc.wav,0.3333333,0.6666666\n");
    assert_eq!(shares(&dataset)[0], [0.5, 0.5]);
    assert_eq!(shares(&dataset)[1], [0.5, 0.5]);
    assert_eq!(dataset.report().renormalised, 2);
    assert_eq!(dataset.report().lines()[3], "2 rows summed to 0.98–1.02: scaled to 1");
    let dataset = read("filename,happy,sad\na.wav,49,50\nb.wav,50,50\n");
    assert_eq!(dataset.report().lines()[4], "1 row summed to 98–102: scaled to 1");
}

#[test]
fn rows_further_off_name_line_and_sum() {
    let csv = "filename,happy,sad\na.wav,0.5,0.5\nb.wav,0.4,0.4\nc.wav,0,0\n";
    let (problems, hint) = refused_with(csv, &LabelOptions::default());
    assert_eq!(
        problems,
        [
            "line 3: expected shares that sum to 1, found a sum of 0.8",
            "line 4: expected shares that sum to 1, found a sum of 0",
        ]
    );
    assert_eq!(
        hint,
        "correct the rows, or give --normalise-labels to scale each row's sum to 1; \
         correct or remove rows of zeros: they name no emotion"
    );
    assert_eq!(refused_with(csv, &normalised()).0, ["line 4: expected shares that sum to 1, found a sum of 0"]);
    // Just beyond the bounds on both sides.
    let csv = "filename,happy,sad\na.wav,0.5,0.479\nb.wav,0.5,0.521\nc.wav,0.5,0.5\n";
    assert_eq!(
        refused(csv),
        [
            "line 2: expected shares that sum to 1, found a sum of 0.979",
            "line 3: expected shares that sum to 1, found a sum of 1.021",
        ]
    );
}

#[test]
fn rows_further_off_are_scaled_where_asked() {
    let case = Case::new("filename,happy,sad\na.wav,0.5,0.5\nb.wav,0.4,0.4\n", &["a.wav", "b.wav"]);
    let dataset = case.read_with(&normalised()).expect("rows scaled");
    assert_eq!(shares(&dataset), [[0.5, 0.5], [0.5, 0.5]]);
    assert_eq!(dataset.report().lines()[3], "1 row did not sum to 1: scaled to 1 as asked");
    // Raw votes, with the columns named.
    let case = Case::new("filename,happy,sad\na.wav,3,9\nb.wav,1,3\n", &["a.wav", "b.wav"]);
    let options = LabelOptions { normalise: true, ..emotions(&["happy", "sad"]) };
    assert_eq!(shares(&case.read_with(&options).expect("votes scaled")), [[0.25, 0.75], [0.25, 0.75]]);
}

#[test]
fn cells_that_are_no_shares() {
    let csv = "filename,happy,sad,angry\n\
               a.wav,0.5,0.25,0.25\nb.wav,1.12,-0.12,0\nc.wav,NaN,0.5,0.5\nd.wav,,0.5,0.5\ne.wav,inf,x,0.5\nf.wav,0.2,0.2,0.6\n\
               g.wav,0.2,0.2,0.6\nh.wav,0.2,0.2,0.6\n";
    let files = ["a.wav", "b.wav", "c.wav", "d.wav", "e.wav", "f.wav", "g.wav", "h.wav"];
    let error = Case::new(csv, &files).read_with(&normalised()).expect_err("cells that are no shares");
    assert_eq!(
        problems_of(&error),
        [
            "line 3, column `sad`: expected a number of 0 or more, found `-0.12`",
            "line 4, column `happy`: expected a number of 0 or more, found `NaN`",
            "line 5, column `happy`: expected a number of 0 or more, found an empty cell",
            "line 6, column `happy`: expected a number of 0 or more, found `inf`",
            "line 6, column `sad`: expected a number of 0 or more, found `x`",
        ]
    );
    assert_eq!(error.hint(), Some("give each emotion a share of 0 or more in every row"));
}

#[test]
fn half_of_a_short_file_may_be_wrong_and_is_still_named() {
    assert_eq!(
        refused("filename,happy,sad\na.wav,0.5,0.5\nb.wav,1.5,-0.5\n"),
        ["line 3, column `sad`: expected a number of 0 or more, found `-0.5`"]
    );
    assert_eq!(
        refused("filename,happy,sad\na.wav,0.5,0.5\nb.wav,,0.5\n"),
        ["line 3, column `happy`: expected a number of 0 or more, found an empty cell"]
    );
}
