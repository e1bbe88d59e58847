use serde_json::json;

use super::*;

#[test]
fn what_is_stricter_is_no_loosening() {
    for (before, after) in [
        (json!({}), json!({"type": "string"})),
        (
            json!({"title": "a"}),
            json!({"title": "b", "examples": [1]}),
        ),
        (
            json!({"maxLength": 9}),
            json!({"maxLength": 8, "minLength": 1}),
        ),
        (
            json!({"type": ["string", "number"]}),
            json!({"type": "integer"}),
        ),
        (json!({"enum": [1, 2]}), json!({"enum": [2]})),
        (json!({"required": ["a"]}), json!({"required": ["b", "a"]})),
        (
            json!({"additionalProperties": false, "properties": {"a": true, "b": true}}),
            json!({"additionalProperties": false, "properties": {"a": {"type": "null"}}}),
        ),
        (json!({"x-ref": ["a", "b"]}), json!({"x-ref": ["b"]})),
        (json!({"items": {"type": "null"}}), json!({"items": false})),
        (
            json!({"anyOf": [{"title": "a", "type": "null"}, true]}),
            json!({"anyOf": [{"type": "null"}, true]}),
        ),
        (json!({"x-expected": false}), json!({"x-expected": true})),
        (
            json!({"allOf": [true]}),
            json!({"allOf": [true, {"type": "null"}]}),
        ),
    ] {
        assert_eq!(compare(&before, &after), [], "{before} {after}");
    }
}

#[test]
fn what_may_allow_more_is_located() {
    for (before, after, pointer, part) in [
        (
            json!({"maxLength": 9}),
            json!({"maxLength": 10}),
            "/maxLength",
            "from 9 to 10",
        ),
        (
            json!({"minLength": 9}),
            json!({}),
            "",
            "`minLength` is gone",
        ),
        (
            json!({"required": ["a"]}),
            json!({}),
            "",
            "`a` is no longer required",
        ),
        (
            json!({"type": "string"}),
            json!({"type": ["string", "null"]}),
            "/type",
            "`null`",
        ),
        (
            json!({"enum": ["a"]}),
            json!({"enum": ["a", "b"]}),
            "/enum",
            "allows `b`",
        ),
        (
            json!({"const": "a"}),
            json!({"const": "b"}),
            "/const",
            "is another",
        ),
        (
            json!({"pattern": "a"}),
            json!({"pattern": "b"}),
            "/pattern",
            "is another",
        ),
        (json!(false), json!(true), "", "more is allowed"),
        (
            json!({"additionalProperties": false, "properties": {}}),
            json!({"additionalProperties": false, "properties": {"a/b": true}}),
            "/properties/a~1b",
            "`a/b` is allowed",
        ),
        (
            json!({"properties": {"a": {"type": "null"}}}),
            json!({"properties": {}}),
            "/properties",
            "nothing is asked of `a`",
        ),
        (
            json!({"additionalProperties": false}),
            json!({}),
            "",
            "more is allowed",
        ),
        (
            json!({"$defs": {"a": {"uniqueItems": true}}}),
            json!({"$defs": {"a": {"uniqueItems": false}}}),
            "/$defs/a/uniqueItems",
            "is off",
        ),
        (
            json!({"anyOf": [{"type": "null"}]}),
            json!({"anyOf": [{"type": "null"}, true]}),
            "/anyOf",
            "is another",
        ),
        (
            json!({"x-ref": ["a"]}),
            json!({"x-ref": ["a", "b"]}),
            "/x-ref",
            "allows `b`",
        ),
        (json!({"x-mentions": true}), json!({}), "", "is off"),
        (
            json!({"allOf": [false]}),
            json!({"allOf": []}),
            "/allOf",
            "less",
        ),
        (
            json!({"unevaluatedProperties": false}),
            json!({"unevaluatedProperties": false, "allOf": [{"properties": {"a": true}}]}),
            "/allOf",
            "unknown before",
        ),
        (
            json!({"unevaluatedProperties": false}),
            json!({"unevaluatedProperties": false, "anyOf": [{"properties": {"a": true}}]}),
            "/anyOf",
            "is another",
        ),
        (
            json!({"x-unique": "all"}),
            json!({"x-unique": "kind"}),
            "/x-unique",
            "is another",
        ),
    ] {
        let found = compare(&before, &after);
        assert_eq!(found.len(), 1, "{before} {after}: {found:?}");
        assert_eq!(found[0].pointer, pointer, "{before} {after}");
        assert!(found[0].message.contains(part), "{found:?}");
    }
}
